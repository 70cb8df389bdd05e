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
from electionlab.errors import LabError
from electionlab.history import History
from electionlab.leading import LOGGED_LATE_S

FAULTS = ("kill", "interrupt")
STEPS = ("noticed", "told", "regrouped", "assigned", "ticked")
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

    def predicted_steps(self, fault: str) -> dict[str, tuple[float, float]]:
        """The range (lowest, highest) that the formula gives for each step, in seconds. A step that
        is work has none: (0, 0). ValueError for another fault than `kill` and `interrupt`."""
        if fault not in FAULTS:
            raise ValueError(f"no formula for {fault!r}, but for {' and '.join(FAULTS)}")
        session = (self.session_s - self.heartbeat_s, self.session_s)
        noticed = session if fault == "kill" else (0.0, 0.0)
        told, ticked = (0.0, self.heartbeat_s), (0.0, self.timer_s)
        ranges = (noticed, told, (0.0, 0.0), (0.0, 0.0), ticked)
        return dict(zip(STEPS, ranges, strict=True))

    def predicted(self, fault: str) -> tuple[float, float]:
        """The shortest and the longest failover that the formula allows, in seconds, from the fault
        to the next leader's first greeting: the sum of its steps::

            kill        session − heartbeat   to   session + heartbeat + timer
            interrupt   0                     to   heartbeat + timer

        Work comes on top. ValueError for settings that are not positive, for a heartbeat that is
        not shorter than the session, and for another fault.
        """
        if not 0 < self.heartbeat_s < self.session_s or self.timer_s <= 0:
            raise ValueError(f"no such settings: {self}")
        steps = self.predicted_steps(fault).values()
        return sum(low for low, _ in steps), sum(high for _, high in steps)

    def __str__(self) -> str:
        return f"{self.session_s:g} / {self.heartbeat_s:g} / {self.timer_s:g} s"


def predicted(
    fault: str, session_s: float, heartbeat_s: float, timer_s: float
) -> tuple[float, float]:
    """`Settings.predicted` in short, for settings that are tried once."""
    return Settings(session_s, heartbeat_s, timer_s).predicted(fault)


@dataclass(frozen=True)
class Round:
    """One failover. `took` has the seconds of each step, and is empty where the history does not
    tell of all of them; `late_s` is how late at most something woke up meanwhile, `generations` how
    many the coordinator stored: one, if nothing else happened."""

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
        """The shortest and the longest that the formula allows, in seconds."""
        return self.settings.predicted(self.fault)

    @property
    def punctual(self) -> bool:
        """Whether the machine was fast enough to measure the election rather than itself."""
        return self.late_s <= LATE_S

    @property
    def set_aside(self) -> str:
        """Why nothing follows from this round; empty if something does."""
        if not self.punctual:
            return f"the machine woke something up {self.late_s:.2f} s too late"
        if not self.took:
            return "the history does not tell of each step"
        if self.generations != 1:
            return f"the group was rebalanced {self.generations} times"
        return ""

    def beyond(self) -> dict[str, float]:
        """How far each step lies outside of its predicted range, in seconds: above it if positive,
        below if negative."""
        ranges = self.settings.predicted_steps(self.fault)
        return {
            step: max(took - ranges[step][1], 0.0) or min(took - ranges[step][0], 0.0)
            for step, took in self.took.items()
        }


def rounds(history: History, lateness: Sequence[tuple[float, float]] = ()) -> list[Round]:
    """The failovers of a history: what followed a `kill` or an `interrupt` of the worker that led.

    `lateness` are (Unix time, seconds) at which something woke up too late. LabError where the
    history does not tell the workers' settings.
    """
    settings = Settings.of(history)
    faults = [fault for fault in history.of(*_DONE) if fault.time < history.over]
    found = []
    for number, fault in enumerate(faults):
        if fault.worker not in history.leaders(fault.time - 0.001):
            continue
        until = faults[number + 1].time if number + 1 < len(faults) else history.over
        ends = [fault.time]
        for mark in _marks(history, fault, until):
            ends.append(max(mark, ends[-1]))
        took = [end - begin for begin, end in itertools.pairwise(ends)]
        over = ends[-1] if took else until
        stored = [e for e in history.of(ev.GroupStored) if fault.time < e.time <= over]
        late = [much for at, much in lateness if fault.time <= at <= over + 1]
        found.append(
            Round(
                _DONE[type(fault)],
                settings,
                dict(zip(STEPS, took, strict=True)) if took else {},
                late_s=max(late, default=0.0),
                generations=len(stored),
                history_s=history.at(fault.time),
            )
        )
    return found


def _marks(history: History, fault: ev.Event, until: float) -> tuple[float, ...]:
    """When each step ended; nothing if one of them is not told of, or nobody took over."""
    others = [e for e in history if fault.time < e.time <= until and e.worker != fault.worker]
    given = [e for e in others if isinstance(e, ev.PartitionsAssigned) and e.leads]
    if not given:
        return ()
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
        return ()
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
