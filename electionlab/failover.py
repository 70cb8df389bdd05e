"""How long a failover takes: step by step, as three settings predict it and as it was measured.

A failover goes through the same five steps each time, from the fault to the first greeting of the
next leader. Three of them wait for something that a setting rules; the two others are work::

    step        ends with                              after kill -9        after Ctrl+C
    noticed     the coordinator lets the leader go     session − heartbeat  work: it stops and
                                                       to session           says goodbye
    told        the last of the others hears of it     0 to heartbeat       0 to heartbeat
    regrouped   the new generation is stored           work                 work
    assigned    the next leader has its partitions     work                 work
    ticked      its timer ticks for the first time     0 to timer           0 to timer

The coordinator counts a session from the last sign of life that reached it, which is up to one
heartbeat old when the leader dies; it has one timer for each member (Kafka 4.3, classic protocol,
GroupMetadataManager). A commit counts as a sign of life too (OffsetMetadataManager), so it may be
younger, never older. Members learn of a rebalance by the answer to a heartbeat and by nothing else
(aiokafka 0.14, `_do_heartbeat`). Faust's timers tick whoever leads, and ask at each tick.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from electionlab import events as ev
from electionlab.checks.verdict import Outcome, Verdict, seconds
from electionlab.errors import LabError
from electionlab.history import History
from electionlab.leading import LOGGED_LATE_S

FAULTS = ("kill", "interrupt")
STEPS = ("noticed", "told", "regrouped", "assigned", "ticked")
ALLOWANCE_S = 1.0
"""What a machine may need beyond the formula, for each step: to compute, and to wake a process
that should run."""

LATE_S = 0.5
"""A round is set aside where something that should have woken up did so that much too late: then
the machine was measured, not the election."""

_DONE = {ev.WorkerKilled: "kill", ev.WorkerInterrupted: "interrupt"}


@dataclass(frozen=True, order=True)
class Settings:
    """The three settings, in seconds: Faust's broker_session_timeout, its
    broker_heartbeat_interval, and the interval of the leader's timer."""

    session_s: float
    heartbeat_s: float
    timer_s: float

    def environment(self) -> dict[str, str]:
        """How a worker running examples/faulty.py is told of them."""
        return {
            "BROKER_SESSION_TIMEOUT": f"{self.session_s:g}",
            "BROKER_HEARTBEAT_INTERVAL": f"{self.heartbeat_s:g}",
            "TIMER_INTERVAL_S": f"{self.timer_s:g}",
        }

    @classmethod
    def of(cls, history: History) -> Settings:
        """The settings with which the workers of a history ran. LabError where it does not tell."""
        told = dict(re.findall(r"(\w+)=(\S+)", history.about.get("settings", "")))
        try:
            return cls(*(float(told[name]) for name in cls(0, 0, 0).environment()))
        except (KeyError, ValueError) as error:
            raise LabError(f"The history does not tell its settings: {error}") from error

    @property
    def period_s(self) -> float:
        """After so many seconds heartbeats and ticks stand to each other as they did before."""
        heartbeat, timer = (Fraction(f"{value:g}") for value in (self.heartbeat_s, self.timer_s))
        return float(
            Fraction(
                math.lcm(heartbeat.numerator, timer.numerator),
                math.gcd(heartbeat.denominator, timer.denominator),
            )
        )

    def __str__(self) -> str:
        return f"{self.session_s:g} / {self.heartbeat_s:g} / {self.timer_s:g} s"


def predicted_steps(fault: str, settings: Settings) -> dict[str, tuple[float, float]]:
    """The range (lowest, highest) that the formula gives for each step, in seconds. A step that is
    work has none: (0, 0). ValueError for another fault than `kill` and `interrupt`."""
    if fault not in FAULTS:
        raise ValueError(f"no formula for {fault!r}, but for {' and '.join(FAULTS)}")
    session, heartbeat = settings.session_s, settings.heartbeat_s
    noticed = (session - heartbeat, session) if fault == "kill" else (0.0, 0.0)
    told, ticked = (0.0, heartbeat), (0.0, settings.timer_s)
    ranges = (noticed, told, (0.0, 0.0), (0.0, 0.0), ticked)
    return dict(zip(STEPS, ranges, strict=True))


def predicted(
    fault: str, session_s: float, heartbeat_s: float, timer_s: float
) -> tuple[float, float]:
    """The shortest and the longest failover that the formula allows, in seconds, from the fault to
    the next leader's first greeting: the sum of its steps::

        kill        session − heartbeat   to   session + heartbeat + timer
        interrupt   0                     to   heartbeat + timer

    Work comes on top; `ALLOWANCE_S` is what a check grants for it. ValueError for settings that
    are not positive, for a heartbeat that is not shorter than the session, and for another fault.
    """
    if not 0 < heartbeat_s < session_s or timer_s <= 0:
        raise ValueError(f"no such settings: {Settings(session_s, heartbeat_s, timer_s)}")
    steps = predicted_steps(fault, Settings(session_s, heartbeat_s, timer_s)).values()
    return sum(low for low, _ in steps), sum(high for _, high in steps)


@dataclass(frozen=True)
class Round:
    """One failover. `took` has the seconds of each step, `late_s` how late at most something woke
    up meanwhile, `generations` how many the coordinator stored: one, if nothing else happened."""

    fault: str
    settings: Settings
    took: Mapping[str, float]
    late_s: float = 0.0
    generations: int = 1
    history_s: float = field(default=0.0, compare=False)

    @property
    def total_s(self) -> float:
        """Seconds from the fault to the next leader's first greeting."""
        return sum(self.took.values())

    @property
    def predicted(self) -> tuple[float, float]:
        told = self.settings
        return predicted(self.fault, told.session_s, told.heartbeat_s, told.timer_s)

    @property
    def set_aside(self) -> str:
        """Why nothing follows from this round; empty if something does."""
        if self.late_s > LATE_S:
            return f"the machine woke something up {self.late_s:.2f} s too late"
        if self.generations != 1:
            return f"the group was rebalanced {self.generations} times"
        return ""

    def beyond(self) -> dict[str, float]:
        """How far each step lies outside of its predicted range, in seconds: above it if positive,
        below if negative."""
        ranges = predicted_steps(self.fault, self.settings)
        return {
            step: max(took - ranges[step][1], 0.0) or min(took - ranges[step][0], 0.0)
            for step, took in self.took.items()
        }


def rounds(history: History, lateness: Sequence[tuple[float, float]] = ()) -> list[Round]:
    """The failovers of a history that ended with a greeting of the next leader: those after a
    `kill` or an `interrupt` of the worker that led.

    `lateness` are (Unix time, seconds) at which something woke up too late. LabError where the
    history does not tell the workers' settings.
    """
    settings = Settings.of(history)
    faults = [fault for fault in history.of(*_DONE) if fault.time < history.over]
    found = []
    for number, fault in enumerate(faults):
        until = faults[number + 1].time if number + 1 < len(faults) else history.over
        marks = _marks(history, fault, until)
        if marks is None:
            continue
        ends = [fault.time]
        for mark in marks:
            ends.append(max(mark, ends[-1]))
        took = [end - begin for begin, end in itertools.pairwise(ends)]
        stored = [e for e in history.of(ev.GroupStored) if fault.time < e.time <= ends[-1]]
        late = [much for at, much in lateness if fault.time <= at <= ends[-1] + 1]
        found.append(
            Round(
                _DONE[type(fault)],
                settings,
                dict(zip(STEPS, took, strict=True)),
                late_s=max(late, default=0.0),
                generations=len(stored),
                history_s=history.at(fault.time),
            )
        )
    return found


def _marks(history: History, fault: ev.Event, until: float) -> tuple[float, ...] | None:
    """When each step ended; None if the worker did not lead, or nobody took over."""
    if fault.worker not in history.leaders(fault.time - 0.001):
        return None
    others = [e for e in history if fault.time < e.time <= until and e.worker != fault.worker]
    given = [e for e in others if isinstance(e, ev.PartitionsAssigned) and e.leads]
    if not given:
        return None
    # The worker asks what it was given a moment before it logs that.
    ticks = [
        e.time
        for e in others
        if isinstance(e, ev.Published)
        and e.worker == given[0].worker
        and e.time > given[0].time - LOGGED_LATE_S
    ]
    stored = [e.time for e in others if isinstance(e, ev.GroupStored) and e.leader is not None]
    if not ticks or not stored:
        return None
    heard = [e.time for e in others if isinstance(e, ev.RebalanceNoticed) and e.time <= stored[0]]
    told = max(heard, default=stored[0])
    return _noticed(history, fault, until, told), told, stored[0], given[0].time, ticks[0]


def _noticed(history: History, fault: ev.Event, until: float, told: float) -> float:
    """When the coordinator let the leader go; when the others heard of it, if nothing tells."""
    gone: list[ev.Event] = list(history.of(ev.GroupLeft, worker=fault.worker))
    if isinstance(fault, ev.WorkerKilled):
        names = history.member_names
        lost = history.of(ev.SessionExpired)
        gone = [event for event in lost if names.get(event.member_id) == fault.worker]
    times = [event.time for event in gone if fault.time < event.time <= until]
    return min(times[0], told) if times else told


def follows_the_settings(
    measured: Sequence[Round], fault: str, allowance_s: float = ALLOWANCE_S
) -> Verdict:
    """Whether each step of each failover after one fault took as long as the formula says, give or
    take `allowance_s`.

    `unknown` where no round is left that tells anything. Figures: `rounds`, `set_aside`,
    `furthest_s` (how far the furthest step lies outside of its range).
    """
    claim = f"After {fault}, each step of a failover takes as long as the settings say."
    of_fault = [one for one in measured if one.fault == fault]
    counted = [one for one in of_fault if not one.set_aside]
    evidence = [f"{_where(one)}: set aside, {one.set_aside}" for one in of_fault if one.set_aside]
    furthest, wrong = 0.0, 0
    for one in counted:
        for step, beyond in one.beyond().items():
            furthest = max(furthest, abs(beyond))
            if abs(beyond) > allowance_s:
                wrong += 1
                low, high = predicted_steps(fault, one.settings)[step]
                evidence.append(
                    f"{_where(one)}: {step} after {one.took[step]:.2f} s, "
                    f"predicted {low:g} to {high:g} s"
                )
    figures = {
        "rounds": len(counted),
        "set_aside": len(of_fault) - len(counted),
        "furthest_s": furthest,
    }
    if not counted:
        finding = f"None of {len(of_fault)} rounds tells: this machine was too slow, or too busy."
        return Verdict(claim, "unknown", finding, tuple(evidence), figures)
    aside = f", {figures['set_aside']} set aside" if figures["set_aside"] else ""
    if wrong:
        finding = f"{wrong} steps in {len(counted)} rounds lie more than {allowance_s:g} s outside."
        return Verdict(claim, "broken", finding + aside, tuple(evidence), figures)
    finding = (
        f"{len(counted)} rounds{aside}: {seconds([one.total_s for one in counted])}; "
        f"no step further than {furthest:.2f} s outside of its range."
    )
    return Verdict(claim, "held", finding, tuple(evidence), figures)


def or_recorded(live: Verdict, recorded: Verdict, date: str) -> Verdict:
    """The live verdict; where the machine was too slow to tell, the recorded one, which says so."""
    if live.outcome != "unknown":
        return live
    finding = f"{live.finding} As recorded on {date}: {recorded.finding}"
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
