"""What we did to workers and brokers, and what we saw of a run."""

from __future__ import annotations

from dataclasses import dataclass

from electionlab.history.event import Event


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Action(Event):
    """Something that we did. `time` is when it was requested, `by` who requested it (a page, a
    storm's round), `effective` the Unix time by which it had taken effect; None if that is the
    same."""

    by: str = ""
    effective: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class WorkerStarted(Action):
    """We started a worker process. `log` is the name of its log file."""

    pid: int
    command: str
    log: str
    settings: str = ""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class WorkerInterrupted(Action):
    """We sent Ctrl+C's signal (SIGINT)."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class WorkerKilled(Action):
    """We sent SIGKILL: the worker is silent from then on."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class WorkerFrozen(Action):
    """We sent SIGSTOP: the process stops running, its connections stay open."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class WorkerThawed(Action):
    """We sent SIGCONT: the process continues where it stopped."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class WorkerCut(Action):
    """We cut the worker's network: what it and the brokers send each other is held back, silently,
    while its connections stay open."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class WorkerHealed(Action):
    """We healed the worker's network: what was held back arrives."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class WorkerSlowed(Action):
    """We slowed the worker's network: everything arrives `delay_s` seconds later, in each
    direction."""

    delay_s: float


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class LoopBlocked(Action):
    """We blocked the worker's event loop for `seconds`; its other threads keep running."""

    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class BrokerStopped(Action):
    """We shut a broker down in an orderly way. `broker` is its id."""

    broker: int = 1


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class BrokerKilled(Action):
    """We killed a broker with -9."""

    broker: int = 1


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class BrokerStarted(Action):
    """We started a broker again, with its data, or without any if it is `fresh`, which makes it
    another Kafka at the same address. `effective` is when it answered."""

    broker: int = 1
    fresh: bool = False


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class WorkerExited(Event):
    """We saw that the process had ended. `status` is 128 + n if signal n ended it."""

    status: int


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class RunEnding(Event):
    """We began to stop all workers: what follows is no failure of the election."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class HistoryEnded(Event):
    """We stopped observing."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class RoundBegun(Event):
    """A storm's round began. `what` is its kind; the acts in it have `by="round <number>"`."""

    number: int
    what: str


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class RoundEnded(Event):
    """A storm's round is over. `missing` is what the election still lacked when we stopped waiting
    for it to recover; empty if it had recovered."""

    number: int
    missing: str = ""
