"""A run as it goes on: what its workers say is read, kept, followed and waited for.

`Workers` starts the processes; here is what becomes known of them.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.metadata
import platform
import threading
import time
from collections.abc import Callable, Mapping

from electionlab import conditions, tables
from electionlab import events as ev
from electionlab.blocks import Stoppable
from electionlab.conditions import Condition
from electionlab.errors import LabError
from electionlab.history import History
from electionlab.started import Started
from electionlab.tables import Table
from electionlab.waiting import wait_until
from electionlab.worker import Worker, shown


class Run(Stoppable):
    """What happens in one run on a Kafka.

    `app` is the name of the workers' app, `topic` that of its greetings, `settings` are those of
    all workers, for whoever reads the history later.
    """

    def __init__(
        self, kafka: Started, *, app: str, topic: str, settings: Mapping[str, str] | None = None
    ) -> None:
        self.kafka = kafka
        self.app = app
        self.topic = topic
        self.settings = dict(settings or {})
        self.workers: dict[str, Worker] = {}  # by name, each one's newest life
        self.lives: list[Worker] = []  # every process that was started, in that order
        self.began = time.time()
        self._events: list[ev.Event] = []
        self._stored: list[ev.GreetingStored] = []
        self._reading = threading.RLock()

    # What happened

    def history(self) -> History:
        """All that happened so far, up to this moment."""
        self._read()
        now = ev.HistoryEnded(time=time.time(), worker="lab")
        return History([*self._events, *self._stored, now], self._about())

    def news(self, since: int) -> list[ev.Event]:
        """The events from the place `since` on, in the order in which they became known: for
        whoever follows a long run and cannot look at all of it each time."""
        self._read()
        return self._events[since:]

    def note(self, event: ev.Event) -> None:
        """Add an event of one's own to the history."""
        self._events.append(event)

    def running(self) -> list[Worker]:
        """The workers whose processes run."""
        return [worker for worker in list(self.workers.values()) if worker.alive]

    def leader(self) -> Worker | None:
        """The worker that leads now, according to the workers' logs."""
        name = self.history().leader
        return self.workers[name] if name else None

    def present_leader(self) -> Worker:
        """The worker that leads now, in its own eyes. LabError if none does."""
        leader = self.leader()
        if leader is None:
            raise LabError(f"Nobody leads: {self._last_seen()}")
        return leader

    def group(self) -> Table:
        """The group as Kafka itself describes it, with the worker behind each member."""
        return tables.group(self.kafka.witness.group(self.app), self.history(), self.app)

    def read_topic(self, settle: float = 5.0) -> None:
        """Ask the broker for the greetings it stored during this run, and add them.

        The last ones may not have been printed yet: for that it waits, `settle` seconds at most.
        """
        self._read_stored()
        stored = {event.greeting for event in self._stored}
        with contextlib.suppress(LabError):  # then a greeting is lost, and a check will say so
            self.wait(
                lambda h: stored <= {event.greeting for event in h.of(ev.GreetingPrinted)},
                within=settle,
            )

    def _read_stored(self) -> None:
        records = self.kafka.witness.records(self.topic, since=self.began)
        self._stored = [
            ev.GreetingStored(
                time=record.time,
                worker="kafka",
                greeting=record.value,
                partition=record.partition,
                offset=record.offset,
            )
            for record in records
        ]

    # Waiting

    def wait(
        self,
        condition: Condition,
        *,
        within: float,
        why: Callable[[], str] | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> History:
        """Wait until `condition` is true of the history, and return that history.

        Raises LabError after `within` seconds, with `why()` or the last events seen; at once when
        the broker has died.
        """

        def look() -> History | None:
            history = self.history()
            self.kafka.require_alive()
            return history if condition(history) else None

        return wait_until(look, within=within, why=why or self._last_seen, pause=pause)

    def follow(self, condition: Condition, *, within: float = 90.0) -> History:
        """Print what the workers say about the election, as they say it, until `condition` is true.

        Each line is shown behind its worker's name and the time of day, tables without their
        frames. Lines about anything else are only counted; the logs have them all.
        """
        skipped = 0

        def show() -> None:
            nonlocal skipped
            news = [
                (event, record) for worker in self.lives for event, record in worker.take_unshown()
            ]
            for event, record in sorted(news, key=lambda told: told[0].time):
                if isinstance(event, ev.Logged):
                    skipped += record.text.count("\n") + 1
                else:
                    print(shown(event, record), flush=True)

        def pause(seconds: float) -> None:
            show()
            time.sleep(seconds)

        try:
            return self.wait(condition, within=within, pause=pause)
        finally:
            show()
            if skipped:
                print(f"({skipped} other lines are in the logs.)")

    def follow_new_leader(
        self, old: Worker, *, greetings: int = 2, within: float = 90.0
    ) -> History:
        """Follow until another worker than `old` leads and has published `greetings` times."""
        return self.follow(conditions.led_by_another(old.name, greetings), within=within)

    def follow_return(self, woken: Worker, *, within: float = 90.0) -> History:
        """Follow until a worker that was thawed has been given partitions anew, and a greeting was
        published after that."""
        return self.follow(conditions.is_back(woken.name), within=within)

    def wait_new_leader(self, old: Worker, *, greetings: int = 1, within: float = 90.0) -> History:
        """Wait until another worker than `old` leads and has published."""
        return self.wait(conditions.led_by_another(old.name, greetings), within=within)

    def wait_leader(self, *, greetings: int = 1, within: float = 90.0) -> History:
        """Wait until the present leader has published so many times since it leads."""
        return self.wait(conditions.leads_and_published(greetings), within=within)

    def wait_publishes(self, count: int, *, within: float = 90.0) -> History:
        """Wait until `count` more greetings have been published, by whomever."""
        return self.wait(conditions.has_more(ev.Published, count, self.history()), within=within)

    def wait_greetings(self, count: int, *, within: float = 90.0) -> History:
        """Wait until `count` more greetings have been printed."""
        return self.wait(
            conditions.has_more(ev.GreetingPrinted, count, self.history()), within=within
        )

    # Inside

    def _record(self, kind: type[ev.Event], worker: Worker, at: float, **fields: object) -> None:
        self._events.append(kind(time=at, worker=worker.name, **fields))  # type: ignore[arg-type]

    def _read(self) -> None:
        with self._reading:  # two threads would read the same lines
            for worker in self.lives:
                self._events += worker.read()

    def _last_seen(self) -> str:
        seen = [event for event in self.history() if not isinstance(event, ev.HistoryEnded)]
        told = "\n".join(f"    {event}" for event in seen[-5:])
        return f"the last events were\n{told or '    none'}"

    def _about(self) -> dict[str, str]:
        return {
            "app": self.app,
            "kafka": self.kafka.version or "one that was there already",
            "faust-streaming": _version("faust-streaming"),
            "aiokafka": _version("aiokafka"),
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}",
            "settings": told(self.settings),
        }


@functools.cache
def _version(package: str) -> str:
    """Asked for with each history, 20 times a second while a run is followed."""
    return importlib.metadata.version(package)


def told(settings: Mapping[str, str]) -> str:
    """Settings on one line, without their secrets."""
    return " ".join(
        f"{name}={'(hidden)' if 'PASSWORD' in name else value}" for name, value in settings.items()
    )
