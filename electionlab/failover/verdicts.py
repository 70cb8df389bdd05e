"""Whether failovers follow the settings: step by step, from setting to setting, and after a freeze.

`model` says what the settings predict and reads the rounds from a history; here they are judged.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from electionlab.checks.verdict import Evidence, Outcome, Verdict, where
from electionlab.failover.model import Round, Settings
from electionlab.failover.recordings import Recorded
from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.history.readable import number_of

WAIT_S = 0.3
"""How far a step that waits may lie outside its range, in seconds: a process is woken up a little
later than it asked to be."""

WORK_S = 1.0
"""How long a step that is work may take, in seconds. It depends on the machine, not on a setting.
"""

ENOUGH = 6
"""With this many rounds, the longest wait comes near the longest that its setting allows."""

WAITS = {"told": "heartbeat_s", "ticked": "timer_s"}
"""The steps that wait up to a limit, with the setting that is the limit."""

DECIDE = ("kafka", "faust-streaming", "aiokafka")
"""The packages whose versions decide how an election goes."""


def follows_the_settings(measured: Sequence[Round], fault: str) -> Verdict:
    """Whether each step of each failover after one fault took as long as the formula says.

    A step that waits may lie outside its range by `WAIT_S`, and a step that is work by `WORK_S`,
    each plus the machine's own lateness in that round. `unknown` if the machine was too slow in all
    rounds, or there are none. `broken` also if most rounds in which the machine was fast enough
    were not plain failovers: one rebalance, each step logged. Figures: `rounds`, `set_aside`,
    `late` (set aside because the machine was too slow), `furthest_s` (how far the furthest wait
    lies outside its range), `work_s` (the longest step that is work).
    """
    claim = f"After {fault}, each step of a failover takes as long as the settings say."
    of_fault = [failover for failover in measured if failover.fault == fault]
    punctual = [failover for failover in of_fault if failover.punctual]
    counted = [failover for failover in of_fault if not failover.set_aside]
    evidence = [
        f"{_where(failover)}: set aside, {failover.set_aside}"
        for failover in of_fault
        if failover.set_aside
    ]
    furthest, longest_work, wrong = 0.0, 0.0, 0
    for failover in counted:
        ranges = failover.settings.predicted_steps(fault)
        for step, beyond in failover.beyond().items():
            low, high = ranges[step]
            if high:
                furthest = max(furthest, abs(beyond))
            else:
                longest_work = max(longest_work, beyond)
            if abs(beyond) > (WAIT_S if high else WORK_S) + failover.late_s:
                wrong += 1
                evidence.append(
                    f"{_where(failover)}: {step} after {failover.took[step]:.2f} s, "
                    f"predicted {low:g} to {high:g} s"
                )
    figures = {
        "rounds": len(counted),
        "set_aside": len(of_fault) - len(counted),
        "late": len(of_fault) - len(punctual),
        "furthest_s": furthest,
        "work_s": longest_work,
    }
    aside = f", {figures['set_aside']} set aside" if figures["set_aside"] else ""
    odd = len(punctual) - len(counted)
    outcome: Outcome = "held"
    if not of_fault:
        outcome, finding = "unknown", "There was no round."
    elif not punctual:
        outcome = "unknown"
        rounds = number_of(len(of_fault), "round")
        finding = f"This machine was too slow for {rounds} to prove anything."
    elif odd > len(punctual) / 2:
        outcome = "broken"
        finding = (
            f"{odd} of {len(punctual)} rounds were no plain failover on a machine fast enough."
        )
    elif wrong:
        outcome = "broken"
        steps, rounds = number_of(wrong, "step"), number_of(len(counted), "round")
        finding = f"{steps} in {rounds} too far outside{aside}."
    else:
        rounds = number_of(len(counted), "round")
        finding = (
            f"{rounds}{aside}, no wait further than {furthest:.2f} s outside of its range, "
            f"no work longer than {longest_work:.2f} s."
        )
    return Verdict(claim, outcome, finding, tuple(evidence), figures)


def waits_grow(measured: Sequence[Round]) -> Verdict:
    """Whether the others hear of a failover later with a longer heartbeat, and the next leader
    waits longer for its tick with a slower timer.

    Each wait may be as short as 0. So it is the longest wait with each setting that has to be
    longer than the next shorter setting allows at all. Settings with fewer than `ENOUGH` rounds are
    left out; `unknown` if fewer than two are left. Figures: the longest wait by its setting, as
    `told_2_s`.
    """
    claim = "A longer heartbeat and a slower timer make for longer waits."
    sentences, wrong, compared = [], 0, 0
    figures: dict[str, float] = {}
    for step, setting in WAITS.items():
        waits: dict[float, list[float]] = {}
        for failover in measured:
            if not failover.set_aside:
                waits.setdefault(getattr(failover.settings, setting), []).append(
                    failover.took[step]
                )
        longest = {
            value: max(waits[value]) for value in sorted(waits) if len(waits[value]) >= ENOUGH
        }
        for value, wait_s in longest.items():
            figures[f"{step}_{value:g}_s"] = wait_s
            sentences.append(f"{step}, {setting.removesuffix('_s')} {value:g} s: {wait_s:.2f} s")
        for shorter, value in itertools.pairwise(longest):
            compared += 1
            wrong += longest[value] <= shorter
    outcome: Outcome = "broken" if wrong else "held" if compared else "unknown"
    finding = f"The longest waits: {'; '.join(sentences) or 'none'}."
    return Verdict(claim, outcome, finding, (), figures)


def or_recorded(
    live: Verdict, recorded: Verdict, run: Recorded, about: Mapping[str, str]
) -> Verdict:
    """The live verdict; if the machine was too slow to tell, that of the recorded `run`, and its
    finding says so. `about` has the versions that were measured live: a run with other versions
    proves nothing."""
    if live.outcome != "unknown" or not live.figures["late"]:
        return live
    others = [
        f"{name} {run.versions.get(name)} instead of {about.get(name)}"
        for name in DECIDE
        if run.versions.get(name) != about.get(name)
    ]
    if others:
        finding = f"{live.finding} The run recorded on {run.date} had {', '.join(others)}."
        return Verdict(live.claim, "unknown", finding, live.evidence, live.figures)
    finding = f"{live.finding} As recorded on {run.date}: {recorded.finding}"
    return Verdict(live.claim, recorded.outcome, finding, recorded.evidence, recorded.figures)


def _where(failover: Round) -> str:
    return f"{failover.settings}, at {failover.history_s:.1f} s"


@dataclass(frozen=True)
class Freeze:
    """A freeze of the leader: how long it lasted in seconds, and who led before and after it
    according to the broker. `generations` is how many were stored during it, `heir` when the other
    worker, if it was one, heard that it leads."""

    seconds: float
    before: str
    after: str | None
    generations: int
    heir: ev.LeadershipGained | None = None

    @property
    def moved(self) -> bool:
        """Whether leadership went to another worker."""
        return self.before != self.after


def freezes_follow_the_session(history: History) -> Verdict:
    """Whether leadership stayed if the leader was frozen for clearly less than its session, and
    moved if it was frozen for clearly longer.

    A freeze of a session, give or take a heartbeat, may do either, since the age of the last
    heartbeat is not known; so `unknown` if there was no other. Figures: `longest_s`, `moves`.
    """
    claim = "A leader that stands still loses leadership if that lasts longer than its session."
    settings = Settings.of(history)
    told: list[str] = []
    evidence: list[str] = []
    wrong, sure = 0, 0
    frozen = freezes(history)
    for freeze in frozen:
        led = f"leadership {'moved' if freeze.moved else 'stayed'}"
        words = f"frozen for {freeze.seconds:.2f} s of a session of {settings.session_s:g} s"
        words += f": {led}, {number_of(freeze.generations, 'rebalance')}"
        told.append(words)
        evidence.append(words)
        if freeze.heir:
            heard = f"{where(history, freeze.heir)}: this one leads, while the other stands still"
            evidence.append(Evidence.of(freeze.heir, heard))
        if freeze.seconds <= settings.session_s - settings.heartbeat_s:
            sure, wrong = sure + 1, wrong + freeze.moved
        elif freeze.seconds > settings.session_s + settings.heartbeat_s:
            sure, wrong = sure + 1, wrong + (not freeze.moved)
    figures = {
        "longest_s": max((freeze.seconds for freeze in frozen), default=0.0),
        "moves": float(sum(freeze.moved for freeze in frozen)),
    }
    outcome: Outcome = "unknown" if not sure else "broken" if wrong else "held"
    finding = "; ".join(told) or "No leader was frozen"
    return Verdict(claim, outcome, f"{finding}.", tuple(evidence), figures)


def stays(history: History) -> Outcome:
    """`held` if leadership stayed through each freeze of the leader, `broken` if it moved in one;
    `unknown` if no leader was frozen."""
    moved = [freeze.moved for freeze in freezes(history)]
    return "unknown" if not moved else "broken" if any(moved) else "held"


def freezes(history: History) -> list[Freeze]:
    """Each freeze of the leader, and who led after it, according to the broker. A freeze of another
    worker, or while it is not known who leads, is left out."""
    frozen = []
    for span in history.freezes:
        before, after = (history.group_generation(time) for time in (span.start, span.end))
        if before is None or before.leader != span.worker:
            continue
        stored = [e for e in history.of(ev.GroupStored) if span.start < e.time <= span.end]
        leader = after.leader if after else None
        gained = history.of(ev.LeadershipGained)
        others = (e for e in gained if e.worker != span.worker and span.start < e.time <= span.end)
        frozen.append(
            Freeze(span.end - span.start, before.leader, leader, len(stored), next(others, None))
        )
    return frozen
