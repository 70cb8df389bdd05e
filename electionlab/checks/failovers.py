"""Whether failovers follow the settings: step by step, from setting to setting, and after a freeze.

`failover` says what the settings predict and reads the rounds; here they are judged.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from electionlab import events as ev
from electionlab.checks.verdict import Outcome, Verdict, seconds
from electionlab.failover import Round, Settings
from electionlab.history import History
from electionlab.recorded import Recorded

WAIT_S = 0.3
"""So far a step that waits may lie outside of its range: a process that should run is woken up
a little later than it asked for."""

WORK_S = 1.0
"""So long a step may take that is work. No setting rules it, only the machine does."""

ENOUGH = 6
"""Of so many rounds the longest comes near to what its setting allows."""

WAITS = {"told": "heartbeat_s", "ticked": "timer_s"}
"""The steps that wait for something at most, with the setting that rules it."""

DECIDE = ("kafka", "faust-streaming", "aiokafka")
"""Whose versions decide how an election goes."""


def follows_the_settings(measured: Sequence[Round], fault: str) -> Verdict:
    """Whether each step of each failover after one fault took as long as the formula says.

    A step that waits may lie outside of its range by `WAIT_S` and by as much as this machine was
    late in that round, a step that is work by `WORK_S` and that. `unknown` where the machine was
    too slow in all rounds, or there are none. `broken` also where most rounds on a machine that
    was fast enough were no plain failover: one rebalance, each step told of. Figures: `rounds`,
    `set_aside`, `late` (set aside because the machine was too slow), `furthest_s` (how far the
    furthest step lies outside of its range).
    """
    claim = f"After {fault}, each step of a failover takes as long as the settings say."
    of_fault = [one for one in measured if one.fault == fault]
    punctual = [one for one in of_fault if one.punctual]
    counted = [one for one in of_fault if not one.set_aside]
    evidence = [f"{_where(one)}: set aside, {one.set_aside}" for one in of_fault if one.set_aside]
    furthest, wrong = 0.0, 0
    for one in counted:
        ranges = one.settings.predicted_steps(fault)
        for step, beyond in one.beyond().items():
            low, high = ranges[step]
            furthest = max(furthest, abs(beyond))
            if abs(beyond) > (WAIT_S if high else WORK_S) + one.late_s:
                wrong += 1
                evidence.append(
                    f"{_where(one)}: {step} after {one.took[step]:.2f} s, "
                    f"predicted {low:g} to {high:g} s"
                )
    figures = {
        "rounds": len(counted),
        "set_aside": len(of_fault) - len(counted),
        "late": len(of_fault) - len(punctual),
        "furthest_s": furthest,
    }
    aside = f", {figures['set_aside']} set aside" if figures["set_aside"] else ""
    odd = len(punctual) - len(counted)
    outcome: Outcome = "held"
    if not of_fault:
        outcome, finding = "unknown", "There was no round."
    elif not punctual:
        outcome = "unknown"
        finding = f"None of {len(of_fault)} rounds tells: this machine was too slow."
    elif odd > len(punctual) / 2:
        outcome = "broken"
        finding = (
            f"{odd} of {len(punctual)} rounds were no plain failover on a machine fast enough."
        )
    elif wrong:
        outcome = "broken"
        finding = f"{wrong} steps in {len(counted)} rounds lie too far outside{aside}."
    else:
        finding = (
            f"{len(counted)} rounds{aside}: {seconds([one.total_s for one in counted])}; "
            f"no step further than {furthest:.2f} s outside of its range."
        )
    return Verdict(claim, outcome, finding, tuple(evidence), figures)


def waits_grow(measured: Sequence[Round]) -> Verdict:
    """Whether the others wait longer for being told where the heartbeat is longer, and the next
    leader for its tick where the timer is slower.

    A step that is shorter than its range allows lies within it. So the longest wait of each setting
    has to be longer than the next shorter setting allows at all. Settings with fewer than `ENOUGH`
    rounds are left out; `unknown` if fewer than two are left. Figures: the longest wait by its
    setting, as `told_2_s`.
    """
    claim = "A longer heartbeat and a slower timer make for longer waits."
    told, wrong, compared = [], 0, 0
    figures: dict[str, float] = {}
    for step, setting in WAITS.items():
        waits: dict[float, list[float]] = {}
        for one in measured:
            if not one.set_aside:
                waits.setdefault(getattr(one.settings, setting), []).append(one.took[step])
        longest = {
            value: max(waits[value]) for value in sorted(waits) if len(waits[value]) >= ENOUGH
        }
        for value, wait_s in longest.items():
            figures[f"{step}_{value:g}_s"] = wait_s
            told.append(f"{step}, {setting.removesuffix('_s')} {value:g} s: {wait_s:.2f} s")
        for shorter, value in itertools.pairwise(longest):
            compared += 1
            wrong += longest[value] <= shorter
    outcome: Outcome = "broken" if wrong else "held" if compared else "unknown"
    finding = f"The longest waits: {'; '.join(told) or 'none'}."
    return Verdict(claim, outcome, finding, (), figures)


def or_recorded(
    live: Verdict, recorded: Verdict, run: Recorded, about: Mapping[str, str]
) -> Verdict:
    """The live verdict; where the machine was too slow to tell, that of the recorded `run`, which
    says so. `about` has the versions that were measured live: a run of others decides nothing."""
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


def _where(one: Round) -> str:
    return f"{one.settings}, at {one.history_s:.1f} s"


@dataclass(frozen=True)
class Freeze:
    """A freeze of the leader: how long it stood still, and who led according to the broker before
    it and when it woke up. `generations` is how many were stored meanwhile."""

    seconds: float
    before: str | None
    after: str | None
    generations: int

    @property
    def moved(self) -> bool:
        """Whether leadership went to another worker."""
        return self.before != self.after


def freezes_follow_the_session(history: History) -> Verdict:
    """Whether leadership stayed where the leader stood still for less than its session, and moved
    where it did so for longer.

    What falls between session − heartbeat and the session may do either, for nobody knows how old
    its last heartbeat was; so `unknown` if nothing else happened. Figures: `longest_s`, `moves`.
    """
    claim = "A leader that stands still loses leadership if that lasts longer than its session."
    settings = Settings.of(history)
    evidence, wrong, sure = [], 0, 0
    found = freezes(history)
    for one in found:
        led = f"leadership {'moved' if one.moved else 'stayed'}"
        evidence.append(f"frozen for {one.seconds:.2f} s of a session of {settings.session_s:g} s")
        evidence[-1] += f": {led}, {one.generations} rebalances"
        if one.seconds <= settings.session_s - settings.heartbeat_s:
            sure, wrong = sure + 1, wrong + one.moved
        elif one.seconds > settings.session_s + settings.heartbeat_s:
            sure, wrong = sure + 1, wrong + (not one.moved)
    figures = {
        "longest_s": max((one.seconds for one in found), default=0.0),
        "moves": float(sum(one.moved for one in found)),
    }
    outcome: Outcome = "unknown" if not sure else "broken" if wrong else "held"
    finding = "; ".join(evidence) or "Nobody was frozen"
    return Verdict(claim, outcome, f"{finding}.", tuple(evidence), figures)


def freezes(history: History) -> list[Freeze]:
    """What became of leadership in each freeze of a history, according to the broker."""
    found = []
    for span in history.freezes:
        before, after = (history.group_generation(time) for time in (span.start, span.end))
        stored = [e for e in history.of(ev.GroupStored) if span.start < e.time <= span.end]
        found.append(
            Freeze(
                span.end - span.start,
                before.leader if before else None,
                after.leader if after else None,
                len(stored),
            )
        )
    return found
