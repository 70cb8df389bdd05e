"""`python -m electionlab storm`: runs a storm, judges it and prints the result."""

from __future__ import annotations

import time
from collections import Counter
from datetime import date
from pathlib import Path

from electionlab.errors import LabError
from electionlab.history.history import History
from electionlab.history.readable import number_of
from electionlab.host.folders import PROJECT, run_folder
from electionlab.lab.recorded import VERSIONS, machine
from electionlab.pictures.timeline import Timeline
from electionlab.storm import generator, judge, recordings
from electionlab.storm.judge import Finding, Judgement
from electionlab.storm.storm import SETTINGS, Storm, left_over

BEFORE_S, AFTER_S = 30.0, 15.0  # seconds drawn before and after a finding
SHOWN = 10  # findings


def run(
    rounds: int,
    seed: int,
    *,
    workers: int = 3,
    brokers: int = 1,
    program: str = "faulty",
    recover_within: float = 120.0,
    save: Path | None = None,
    record: Path | None = None,
) -> bool:
    """Run a storm and print it, round by round, with its judgement. Returns whether it passed.

    `record` is a file of recorded storms to which this one is added. The history is saved to
    `save`, or beside the logs if the storm does not pass. LabError for numbers out of range, or if
    Kafka itself does not start; Ctrl+C ends it at once.
    """
    if not (PROJECT / "examples" / f"{program}.py").exists():
        raise LabError(f"There is no program examples/{program}.py.")
    if record is not None and record.exists():
        recordings.load(record)
    without = [] if program == "faulty" else ["block"]
    drawn = generator.make(rounds, seed, workers=workers, brokers=brokers, without=without)
    again = f"python -m electionlab storm --rounds {rounds} --seed {seed} --workers {workers}"
    again += f" --brokers {brokers}" + (f" --program {program}" if program != "faulty" else "")
    settings = " ".join(f"{name}={value}" for name, value in SETTINGS.items())
    rounds_in_words = number_of(rounds, "round")
    print(f"A storm of {rounds_in_words}, seed {seed}; workers: {workers}, brokers: {brokers}.")
    print(f"Settings: {settings}. The same again:\n  {again}")
    print("Each round: its acts with their seconds; a star marks the leader.", flush=True)
    started = time.time()
    storm = Storm(
        drawn, workers=workers, brokers=brokers, program=program, recover_within=recover_within
    )
    beside_logs = run_folder() / f"storm-{seed}.jsonl"
    try:
        history = storm.run()
    except BaseException:
        if storm.history is not None:
            print(f"\nWhat happened so far: {storm.history.save(save or beside_logs)}", flush=True)
        raise
    judgement = judge.judge(history)
    print_judgement(judgement, time.time() - started)
    remaining = left_over()
    print(f"Processes left over: {'; '.join(remaining) or 'none'}.")
    if save:
        print(f"The history: {history.save(save)}")
    if record:
        recordings.add(
            recordings.Recorded(
                seed=seed,
                rounds=rounds,
                date=date.today().isoformat(),
                machine=machine(),
                command=again,
                versions={name: history.about[name] for name in VERSIONS},
                kinds=dict(Counter(round_.kind for round_ in drawn)),
                checks=recordings.checks_of(judgement),
                figures=judgement.figures,
                passed=judgement.passed and not remaining,
            ),
            record,
        )
        print(f"Recorded in {record}.")
    if judgement.findings:
        print_findings(history, judgement.findings, save or history.save(beside_logs))
        print(f"The same again (seed {seed}): {again}", flush=True)
    return judgement.passed and not remaining


def print_judgement(judgement: Judgement, took_s: float) -> None:
    """Print the table and the figures of a storm that took `took_s` seconds."""
    figures = judgement.figures
    print(f"\n{judgement.table()}\n")

    def figure(name: str) -> float:
        return figures.get(name, 0)

    leaderships = number_of(round(figure("at_most_one_leader.leaderships")), "leadership")
    print(
        f"{took_s:.0f} s; {leaderships}; "
        f"two leaders for {figure('at_most_one_leader.overlap_s'):.1f} s, "
        f"none for {figure('always_a_leader.total_s'):.1f} s.\n"
        f"Greetings: {figure('only_the_leader_publishes.publishes'):.0f} published, "
        f"{figure('no_greeting_is_lost.stored'):.0f} stored, "
        f"{figure('no_greeting_is_lost.lost'):.0f} lost, "
        f"{figure('each_greeting_printed_once.twice'):.0f} printed repeatedly, "
        f"{figure('one_effective_publisher.stale'):.0f} stale."
    )
    findings = number_of(len(judgement.findings), "finding")
    print("Passed." if judgement.passed else f"FAILED: {findings}.")


def print_findings(history: History, findings: tuple[Finding, ...], saved: Path) -> None:
    """Print the findings, and draw the time around the first one in a file beside the history."""
    for finding in findings[:SHOWN]:
        number = judge.round_at(history, finding.time)
        at = history.at(finding.time)
        print(f"\n  round {number}, {at:.3f} s, {finding.check}:\n    {finding.words}")
    if len(findings) > SHOWN:
        print(f"\n  and {len(findings) - SHOWN} more")
    time_of_first = findings[0].time
    piece = history.between(
        max(history.start, time_of_first - BEFORE_S), min(history.end, time_of_first + AFTER_S)
    )
    picture = saved.with_name(f"{saved.name}.svg")
    picture.write_text(Timeline(piece).svg(standalone=True) + "\n", encoding="utf-8")
    print(f"\nThe history: {saved}\nThe time around the first of them: {picture}")
