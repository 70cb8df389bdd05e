"""Changes how many workers of a lab run: adds them, starts them again, and lets them go."""

from __future__ import annotations

from collections.abc import Mapping

from electionlab.errors import LabError
from electionlab.lab.nemesis import Nemesis
from electionlab.lab.slots import Slots
from electionlab.lab.worker import Worker
from electionlab.lab.workers import Workers


class Scaling:
    """Starts workers in the slots that a lab has, and lets them go."""

    def __init__(self, workers: Workers, nemesis: Nemesis, slots: Slots) -> None:
        self._workers, self._nemesis, self._names = workers, nemesis, slots.names

    def add(
        self,
        count: int = 1,
        *,
        settings: Mapping[str, str] | None = None,
        within: float = 90.0,
    ) -> list[Worker]:
        """Start `count` workers at once, under the first free names; wait until they are ready.
        `settings` are for these alone, and kept when they are started again. LabError if the lab
        has no room for them, or if one does not get ready; those that are not ready are stopped.
        """
        self._require_room(count)
        started: list[Worker] = []
        try:
            for _ in range(count):
                started.append(self.add_starting(settings=settings))
            for worker in started:
                self._workers.wait_ready(worker, within=within)
        except BaseException:
            for worker in started:
                if not worker.ready:
                    worker.process.stop(within=2)
            raise
        return started

    def add_starting(self, *, settings: Mapping[str, str] | None = None) -> Worker:
        """Like `add`, but for one worker, and without waiting until it is ready."""
        self._require_room(1)
        return self._workers.launch(self._free_names()[0], settings=settings or {})

    def scale(self, count: int, *, within: float = 120.0) -> None:
        """Start workers, or interrupt the youngest, until `count` of them run. LabError if there is
        no room for so many, or if a worker that has to go is frozen or cut off."""
        if count < 0:
            raise LabError(f"The number of workers can be 0 or more, but not {count}.")
        self.wait_for_ends(within)
        running = self._workers.roster.by_age()
        self._nemesis.require_can_end(running[count:])
        if count > len(running):
            self.add(count - len(running), within=within)
        for worker in running[count:]:
            self._workers.interrupt(worker)
        for worker in running[count:]:
            worker.process.wait(within=within)

    def rolling_restart(self, within: float = 90.0) -> None:
        """Interrupt each worker in turn and start it again, as an upgrade does. LabError if a
        worker is frozen or cut off, so that it could not end."""
        running = self._workers.roster.by_age()
        self._nemesis.require_can_end(running)
        for worker in running:
            self._workers.interrupt(worker)
            worker.process.wait(within=within)
            self._workers.start(worker, within=within)

    def wait_for_ends(self, within: float) -> None:
        """Wait for the end of workers that were interrupted or killed and still run."""
        for name in self._workers.roster:
            self._workers.roster.wait_for_end(name, within=within)

    def _free_names(self) -> list[str]:
        roster = self._workers.roster
        return [name for name in self._names if name not in roster or not roster[name].alive]

    def _require_room(self, count: int) -> None:
        if count < 1:
            raise LabError(f"One worker or more can be added, but not {count}.")
        free = len(self._free_names())
        if count > free:
            raise LabError(
                f"This lab has {len(self._names)} places for workers, {free} of them free."
            )
