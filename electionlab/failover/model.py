"""How long a failover takes, step by step: as three settings predict it, and as measured.

A failover goes through the same five steps each time, from the fault to the first greeting of the
next leader. Three of them wait for something that a setting controls; the other two are work::

    step        ends with                              after kill -9        after Ctrl+C
    noticed     the coordinator lets the leader go     session − heartbeat  work: it stops and
                                                       to session           says goodbye
    told        the last of the others hears of it     0 to heartbeat       0 to heartbeat
    regrouped   the new generation is stored           work                 work
    assigned    the next leader has its partitions     work                 work
    ticked      its timer ticks for the first time     0 to timer           0 to timer

The coordinator counts a session from the last sign of life that reached it, which is up to one
heartbeat old when the leader dies; it has a timer for each member (Kafka 4.3, classic protocol,
GroupMetadataManager). A commit counts as a sign of life too (OffsetMetadataManager), so it may be
younger, never older. Members learn of a rebalance from the answer to a heartbeat and from nothing
else (aiokafka 0.14, `_do_heartbeat`). Faust's timers tick in each worker, and ask each time who
leads.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from electionlab.errors import LabError
from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.history.leadership import LOGGED_LATE_S

FAULTS = ("kill", "interrupt")
STEPS = ("noticed", "told", "regrouped", "assigned", "ticked")
LATE_S = 0.5
"""A round is set aside if anything woke up more than this many seconds too late: then it measured
the machine, not the election."""

_DONE = {ev.WorkerKilled: "kill", ev.WorkerInterrupted: "interrupt"}


@dataclass(frozen=True, order=True)
class Settings:
    """The three settings, in seconds: Faust's broker_session_timeout, its
    broker_heartbeat_interval, and the interval of the leader's timer."""

    session_s: float
    heartbeat_s: float
    timer_s: float

    def environment(self) -> dict[str, str]:
        """The environment variables that set them for a worker running examples/faulty.py."""
        return {
            "BROKER_SESSION_TIMEOUT": f"{self.session_s:g}",
            "BROKER_HEARTBEAT_INTERVAL": f"{self.heartbeat_s:g}",
            "TIMER_INTERVAL_S": f"{self.timer_s:g}",
        }

    @classmethod
    def of(cls, history: History) -> Settings:
        """The settings with which a history's workers ran. LabError if it does not state them."""
        values = dict(re.findall(r"(\w+)=(\S+)", history.about.get("settings", "")))
        try:
            return cls(*(float(values[name]) for name in cls(0, 0, 0).environment()))
        except (KeyError, ValueError) as error:
            raise LabError(f"The history does not state its settings: {error}") from error

    @property
    def period_s(self) -> float:
        """Seconds after which heartbeats and ticks are in the same phase again."""
        heartbeat, timer = (Fraction(f"{value:g}") for value in (self.heartbeat_s, self.timer_s))
        return float(
            Fraction(
                math.lcm(heartbeat.numerator, timer.numerator),
                math.gcd(heartbeat.denominator, timer.denominator),
            )
        )

    def predicted_steps(self, fault: str) -> dict[str, tuple[float, float]]:
        """The range (lowest, highest) that the formula gives for each step, in seconds. A step that
        is work has none: (0, 0). ValueError for a fault other than `kill` and `interrupt`."""
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
    """`Settings.predicted` for settings that are used nowhere else."""
    return Settings(session_s, heartbeat_s, timer_s).predicted(fault)


@dataclass(frozen=True)
class Round:
    """One failover. `took` has the seconds of each step, and is empty if the history does not show
    all of them; `late_s` is by how many seconds at most something woke up too late in that time;
    `generations` is how many the coordinator stored: 1 if nothing else happened."""

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
        """Why this round proves nothing; empty if it counts."""
        if not self.punctual:
            return f"the machine woke something up {self.late_s:.2f} s too late"
        if not self.took:
            return "the history does not show each step"
        if self.generations != 1:
            return f"the group was rebalanced {self.generations} times"
        return ""

    def beyond(self) -> dict[str, float]:
        """How far each step lies outside its predicted range, in seconds: positive above it,
        negative below."""
        ranges = self.settings.predicted_steps(self.fault)
        return {
            step: max(took - ranges[step][1], 0.0) or min(took - ranges[step][0], 0.0)
            for step, took in self.took.items()
        }


def rounds(history: History, lateness: Sequence[tuple[float, float]] = ()) -> list[Round]:
    """The failovers of a history: what followed a `kill` or an `interrupt` of the worker that led.

    `lateness` has (Unix time, seconds) for each time that something woke up too late. LabError if
    the history does not state the workers' settings.
    """
    settings = Settings.of(history)
    faults = [fault for fault in history.of(*_DONE) if fault.time < history.over]
    failovers = []
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
        delays = [seconds for time, seconds in lateness if fault.time <= time <= over + 1]
        failovers.append(
            Round(
                _DONE[type(fault)],
                settings,
                dict(zip(STEPS, took, strict=True)) if took else {},
                late_s=max(delays, default=0.0),
                generations=len(stored),
                history_s=history.at(fault.time),
            )
        )
    return failovers


def _marks(history: History, fault: ev.Event, until: float) -> tuple[float, ...]:
    """When each step ended, as Unix times; empty if a step is not logged, or nobody took over."""
    others = [e for e in history if fault.time < e.time <= until and e.worker != fault.worker]
    given = [e for e in others if isinstance(e, ev.PartitionsAssigned) and e.leads]
    if not given:
        return ()
    # A worker acts on its assignment a moment before it logs it.
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
    last_heard = max(heard, default=stored[0])
    return (
        _noticed(history, fault, until, last_heard),
        last_heard,
        stored[0],
        given[0].time,
        ticks[0],
    )


def _noticed(history: History, fault: ev.Event, until: float, last_heard: float) -> float:
    """When the coordinator let the leader go; if no log says so, when the others heard of it."""
    gone: list[ev.Event] = list(history.of(ev.GroupLeft, worker=fault.worker))
    if isinstance(fault, ev.WorkerKilled):
        names = history.member_names
        lost = history.of(ev.SessionExpired)
        gone = [event for event in lost if names.get(event.member_id) == fault.worker]
    times = [event.time for event in gone if fault.time < event.time <= until]
    return min(times[0], last_heard) if times else last_heard
