"""Waits for something to happen in a run."""

from __future__ import annotations

import time
from collections.abc import Callable

from electionlab.errors import DeadlineError, LabError
from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.history.readable import plural
from electionlab.host.waiting import wait_until
from electionlab.lab import conditions, replacement
from electionlab.lab.conditions import Condition
from electionlab.lab.pace import Pace
from electionlab.lab.recorder import Recorder
from electionlab.lab.roster import Roster
from electionlab.lab.standing import Standing
from electionlab.lab.worker import Which

MEANWHILE_S = 1.0
"""After a shorter wait nothing is read again: at most one greeting has come meanwhile."""


class Waits:
    """Waits until something is true of a run's history. Each wait returns that history, and raises
    LabError after `within` seconds, or at once if the broker has died. Meanwhile a line says what
    is awaited, and how the run stands."""

    def __init__(self, recorder: Recorder, roster: Roster, standing: Standing) -> None:
        self._recorder, self._roster, self._standing = recorder, roster, standing
        self._in_vain: set[str] = set()  # greetings for which it has waited

    def wait(
        self,
        condition: Condition,
        *,
        within: float = 90.0,
        what: str = "what this cell asks for",
    ) -> History:
        """Wait until `condition` is true of the history, and return that history. `what` says
        what is awaited."""

        pace = Pace()

        def look() -> History | None:
            self._recorder.read()
            self._roster.require_not_ended()
            self._recorder.kafka.require_alive()
            if not pace.is_due(len(self._recorder.events)):
                return None
            with pace.judging():
                history = self._recorder.history()
                return history if condition(history) else None

        def why() -> str:
            replaced = self._recorder.replacement
            replaced.look()
            words = self._standing.last_events()
            return (replacement.IN_WORDS if replaced.happened else "") + words

        return wait_until(
            look,
            within=within,
            why=why,
            pause=self._pause,
            what=what,
            now=lambda: str(self._standing),
        )

    def _pause(self, seconds: float) -> None:
        """Let time pass between two looks."""
        self._recorder.pause(seconds)

    def wait_leader(self, *, greetings: int = 1, within: float = 90.0) -> History:
        """Wait until the current leader has published `greetings` times since it took the lead."""
        what = f"a leader, and {_greetings(greetings)} from it"
        return self.wait(conditions.leads_and_published(greetings), within=within, what=what)

    def wait_new_leader(self, old: Which, *, greetings: int = 1, within: float = 90.0) -> History:
        """Wait until a worker other than `old` leads and has published `greetings` times. LabError
        at once if no other worker is left."""
        name = self._roster.worker(old).name
        led = conditions.led_by_another(name, greetings)

        def condition(history: History) -> object:
            if led(history):
                return True
            if not any(worker.name != name for worker in self._roster.running()):
                raise LabError(
                    f"Nobody is left to lead after {name}: no other worker is running. `start()` "
                    "starts again those that have ended."
                )
            return False

        what = f"a leader other than {name}, and {_greetings(greetings)} from it"
        return self.wait(condition, within=within, what=what)

    def wait_publishes(self, count: int, *, within: float = 90.0) -> History:
        """Wait until `count` more greetings have been published, by any worker."""
        what = f"{_greetings(count, 'more ')} to be published"
        return self._wait_from_now(
            lambda since: conditions.has_since(ev.Published, count, since), within=within, what=what
        )

    def wait_greetings(self, count: int, *, printers: int = 1, within: float = 90.0) -> History:
        """Wait until `count` more greetings have been printed, by at least `printers` workers."""
        what = f"{_greetings(count, 'more ')} to be printed"
        return self._wait_from_now(
            lambda since: conditions.has_since(ev.GreetingPrinted, count, since, workers=printers),
            within=within,
            what=what,
        )

    def _wait_from_now(
        self, condition_since: Callable[[float], Condition], *, within: float, what: str
    ) -> History:
        """Wait for what counts from the moment of this call on."""
        return self.wait(condition_since(time.time()), within=within, what=what)

    def wait_return(self, woken: Which, *, within: float = 90.0) -> History:
        """Wait until a worker that was thawed has been assigned partitions again, and a greeting
        was published after that."""
        name = self._roster.worker(woken).name
        what = f"{name} to be assigned partitions again, and a greeting after that"
        return self.wait(conditions.is_back(name), within=within, what=what)

    def wait_members(self, count: int, *, within: float = 90.0) -> History:
        """Wait until the newest generation in the broker's journal has `count` members, and each
        of them has its partitions. Only a lab's observer reads the journal."""
        what = f"a generation of {count} members with their partitions"
        return self.wait(conditions.has_members(count), within=within, what=what)

    def wait_nobody_leads(self, seconds: float, *, within: float = 120.0) -> History:
        """Wait until, by the workers' own logs, nobody has led for `seconds` in a row."""
        what = f"{seconds:g} s in which nobody leads"
        return self.wait(conditions.nobody_leads(seconds), within=within, what=what)

    def read_topic(self, settle: float = 5.0) -> None:
        """Ask the broker for the greetings it stored during this run, and add them to the history.

        The last ones may not have been printed yet, so it waits for that, `settle` seconds at most,
        and no longer than a worker runs that can print them; but not for one for which it has
        waited in vain before, or that others of its partition have overtaken for as long. After a
        wait it reads once more, for what was stored meanwhile.
        """
        if self._read_and_wait(settle) > MEANWHILE_S:
            self._read_and_wait(settle)

    def _read_and_wait(self, settle: float) -> float:
        """Returns how long it waited, in seconds."""
        self._recorder.read_stored()
        begun = time.monotonic()
        stored = [e for e in self._recorder.stored if e.greeting not in self._in_vain]
        long_ago = time.time() - settle

        def missing(history: History) -> list[ev.GreetingStored]:
            return conditions.not_yet_printed(history, stored, long_ago)

        try:
            self.wait(
                lambda h: (
                    not missing(h) or not self._roster.running() or conditions.nobody_can_print(h)
                ),
                within=settle,
                what="the last greetings to be printed",
            )
        except DeadlineError:  # then a greeting is lost, and a check will say so
            self._in_vain |= {event.greeting for event in missing(self._recorder.history())}
        except LabError:  # a worker or the broker has ended, and nobody waited
            pass
        return time.monotonic() - begun


def _greetings(count: int, more: str = "") -> str:
    return f"{count} {more}{plural(count, 'greeting')}"
