"""Runs a storm, judges it and tells what came of it: what `python -m electionlab storm` does."""

from __future__ import annotations

import time
from collections import Counter
from datetime import date
from pathlib import Path

from electionlab import explain, schedule, storms, timeline
from electionlab.errors import LabError
from electionlab.explain import Finding, Judgement
from electionlab.history import History
from electionlab.places import PROJECT, require_writable, run_folder
from electionlab.recorded import VERSIONS, machine
from electionlab.storm import SETTINGS, Storm, left_over

BEFORE_S, BEHIND_S = 30.0, 15.0  # what is drawn around a finding
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
    """Run a storm and print it, round by round, with its judgement; whether it passed.

    `record` is a file of recorded storms to which this one is added.
    The history is saved into `save`, or beside the logs if the storm does not pass. LabError for
    numbers that cannot be, or where Kafka itself does not start; Ctrl+C ends it at once.
    """
    if not (PROJECT / "examples" / f"{program}.py").exists():
        raise LabError(f"There is no program examples/{program}.py.")
    for path in filter(None, (save, record)):
        require_writable(path)
    if record is not None and record.exists():
        storms.load(record)
    without = [] if program == "faulty" else ["block"]
    drawn = schedule.make(rounds, seed, workers=workers, brokers=brokers, without=without)
    again = f"python -m electionlab storm --rounds {rounds} --seed {seed} --workers {workers}"
    again += f" --brokers {brokers}" + (f" --program {program}" if program != "faulty" else "")
    settings = " ".join(f"{name}={value}" for name, value in SETTINGS.items())
    print(f"A storm of {rounds} rounds, seed {seed}; workers: {workers}, brokers: {brokers}.")
    print(f"Settings: {settings}. The same again:\n  {again}")
    print("Each round: its acts with their seconds; a star is behind whoever leads.", flush=True)
    begun = time.time()
    storm = Storm(
        drawn, workers=workers, brokers=brokers, program=program, recover_within=recover_within
    )
    beside = run_folder() / f"storm-{seed}.jsonl"
    try:
        history = storm.run()
    except BaseException:
        if storm.history is not None:
            print(f"\nWhat happened so far: {storm.history.save(save or beside)}", flush=True)
        raise
    judgement = explain.judge(history)
    tell(judgement, time.time() - begun)
    left = left_over()
    print(f"Processes left over: {'; '.join(left) or 'none'}.")
    if save:
        print(f"The history: {history.save(save)}")
    if record:
        storms.add(
            storms.Recorded(
                seed=seed,
                rounds=rounds,
                date=date.today().isoformat(),
                machine=machine(),
                command=again,
                versions={name: history.about[name] for name in VERSIONS},
                kinds=dict(Counter(one.kind for one in drawn)),
                checks=storms.checks_of(judgement),
                figures=judgement.figures,
                passed=judgement.passed and not left,
            ),
            record,
        )
        print(f"Recorded in {record}.")
    if judgement.findings:
        tell_findings(history, judgement.findings, save or history.save(beside))
        print(f"The same again (seed {seed}): {again}", flush=True)
    return judgement.passed and not left


def tell(judgement: Judgement, took_s: float) -> None:
    """Print the table and the figures of a storm that took so many seconds."""
    figures = judgement.figures
    print(f"\n{judgement.table()}\n")

    def figure(name: str) -> float:
        return figures.get(name, 0)

    print(
        f"{took_s:.0f} s; {figure('at_most_one_leader.leaderships'):.0f} leaderships; "
        f"two leaders for {figure('at_most_one_leader.overlap_s'):.1f} s, "
        f"none for {figure('always_a_leader.total_s'):.1f} s.\n"
        f"Greetings: {figure('only_the_leader_publishes.publishes'):.0f} published, "
        f"{figure('no_greeting_is_lost.stored'):.0f} stored, "
        f"{figure('no_greeting_is_lost.lost'):.0f} lost, "
        f"{figure('each_greeting_printed_once.twice'):.0f} printed repeatedly, "
        f"{figure('one_effective_publisher.stale'):.0f} stale."
    )
    print("Passed." if judgement.passed else f"FAILED: {len(judgement.findings)} findings.")


def tell_findings(history: History, findings: tuple[Finding, ...], saved: Path) -> None:
    """Print what nothing explains, and draw the time around the first of it beside the history."""
    for finding in findings[:SHOWN]:
        number = explain.round_at(history, finding.time)
        at = history.at(finding.time)
        print(f"\n  round {number}, {at:.3f} s, {finding.check}:\n    {finding.words}")
    if len(findings) > SHOWN:
        print(f"\n  and {len(findings) - SHOWN} more")
    time_of_first = findings[0].time
    piece = history.between(
        max(history.start, time_of_first - BEFORE_S), min(history.end, time_of_first + BEHIND_S)
    )
    picture = saved.with_name(f"{saved.name}.svg")
    picture.write_text(timeline.svg(piece, standalone=True) + "\n")
    print(f"\nThe history: {saved}\nThe time around the first of them: {picture}")
