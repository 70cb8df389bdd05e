"""Records a run: what the workers log, what others see of it, and what was done, as one history."""

from __future__ import annotations

import contextlib
import functools
import importlib.metadata
import platform
import threading
import time
from collections.abc import Callable, Iterator, Mapping

from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.host import disks
from electionlab.kafka.servers import Servers
from electionlab.lab.feed import Feed
from electionlab.lab.replacement import Replacement
from electionlab.lab.roster import Roster

Source = Callable[[], list[ev.Event]]
"""Returns the events that have become known since its last call."""


class Recorder:
    """Records a run on a Kafka.

    `app` is the name of the workers' app, `topic` that of its greetings, `settings` are those of
    all workers, for whoever reads the history later. `by` is who acts, unless an act names somebody
    else. `sources` are read besides the workers' logs; `about` gives further facts about the run.
    """

    def __init__(
        self,
        kafka: Servers,
        roster: Roster,
        *,
        app: str,
        topic: str,
        settings: Mapping[str, str] | None = None,
        by: str = "",
        about: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self.kafka = kafka
        self.app = app
        self.topic = topic
        self.settings = dict(settings or {})
        self.by = by
        self.began = time.time()
        self.events: list[ev.Event] = []
        self.sources: list[Source] = []
        self.feed = Feed(roster.lives, self.events, self.at)
        self.replacement = Replacement(kafka, self.note)
        self.pause: Callable[[float], object] = time.sleep  # between two looks of a wait
        self.stored: list[ev.GreetingStored] = []
        self._roster = roster
        self._about = about
        self._kept: list[ev.GreetingStored] = []  # by a Kafka that has been replaced
        self._reading = threading.RLock()
        self._disk_was_full = False
        self._experiment_began: float | None = None

    @property
    def zero(self) -> float | None:
        """The time (Unix seconds) from which this run counts its seconds, wherever they are shown:
        the start of its first worker, or the beginning of the experiment; None before either."""
        if self._experiment_began is not None:
            return self._experiment_began
        starts = (event.time for event in self.events if isinstance(event, ev.WorkerStarted))
        return next(starts, None)

    def at(self, time: float) -> float:
        """The seconds of the run at a Unix time; 0 before its first worker was started."""
        zero = self.zero
        return 0.0 if zero is None else time - zero

    @contextlib.contextmanager
    def experiment(self, began: float) -> Iterator[None]:
        """Count the seconds from the beginning of an experiment (Unix time) while it runs."""
        self._experiment_began = began
        try:
            yield
        finally:
            self._experiment_began = None

    def history(self) -> History:
        """All that has happened up to this moment."""
        self.read()
        now = ev.HistoryEnded(time=time.time(), worker="lab")
        events = [*self.events, *self._kept, *self.stored, now]
        return History(events, self._facts(), self.zero)

    def news(self, since: int) -> list[ev.Event]:
        """The events from index `since` on, in the order in which they became known: for following
        a long run without looking at all of it each time."""
        self.read()
        return self.events[since:]

    def note(self, event: ev.Event) -> None:
        """Add an event to the history."""
        self.events.append(event)

    def record_act(self, kind: type[ev.Event], worker: str, at: float, **fields: object) -> None:
        """Add an act on a worker or on Kafka, done at the time `at` (Unix seconds), and show it to
        whoever follows the run."""
        event = kind(time=at, worker=worker, **fields)  # type: ignore[arg-type]
        self.events.append(event)
        self.feed.act(event)

    def read(self) -> None:
        """Read what has been logged and seen since the last time."""
        with self._reading:  # two threads would read the same lines
            self.replacement.look_if_restarted()
            for worker in self._roster.lives:
                self.events += worker.read()
            for source in self.sources:
                self.events += source()
            self._look_for_room()

    def read_stored(self) -> None:
        """Ask Kafka for the greetings it stored during this run. LabError without an answer."""
        self.replacement.look()
        records = self.kafka.witness.records(self.topic, since=self.began)
        self.stored = [
            ev.GreetingStored(
                time=record.time,
                worker="kafka",
                greeting=record.value,
                partition=record.partition,
                offset=record.offset,
            )
            for record in records
        ]

    def keep_stored(self) -> None:
        """Read and keep the greetings that Kafka has stored so far: its data is about to go."""
        self.read_stored()
        self._kept, self.stored = [*self._kept, *self.stored], []

    def _look_for_room(self) -> None:
        """Note once if the disk of the logs is full: what workers log from then on is lost."""
        if not self._disk_was_full and self._roster.lives and disks.logs().free() < disks.FULL:
            self._disk_was_full = True
            why = "the disk of the logs was full"
            self.note(ev.WitnessFailed(time=time.time(), worker="lab", asked="log", why=why))

    def _facts(self) -> dict[str, str]:
        return {
            "app": self.app,
            "kafka": self.kafka.version or "one that was already running",
            "faust-streaming": _version("faust-streaming"),
            "aiokafka": _version("aiokafka"),
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}",
            "settings": without_secrets(self.settings),
            **self._about(),
        }


@functools.cache
def _version(package: str) -> str:
    """Cached, since each history asks for it: 20 times a second while a run is followed."""
    return importlib.metadata.version(package)


def without_secrets(settings: Mapping[str, str]) -> str:
    """Settings on one line, without their secrets."""
    return " ".join(
        f"{name}={'(hidden)' if 'PASSWORD' in name else value}" for name, value in settings.items()
    )
