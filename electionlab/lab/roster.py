"""Who takes part in a run: its workers by name, and every process that was started."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from electionlab.errors import LabError
from electionlab.lab.worker import Which, Worker

ENDS_WITHIN_S = 30.0  # a busy machine takes its time to stop a worker


class Roster(Mapping[str, Worker]):
    """The workers of a run: for each name the newest process. `lives` has every process, in order
    of start.

    `require_not_ended` raises LabError if the run was ended because nobody was connected to the
    notebook.
    """

    def __init__(self, require_not_ended: Callable[[], None]) -> None:
        self.require_not_ended = require_not_ended
        self.lives: list[Worker] = []
        self._newest: dict[str, Worker] = {}

    def __getitem__(self, name: str) -> Worker:
        return self._newest[name]

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._newest))  # another thread may start a worker meanwhile

    def __len__(self) -> int:
        return len(self._newest)

    def enter(self, worker: Worker) -> None:
        """Add a worker that has been started."""
        self._newest[worker.name] = worker
        self.lives.append(worker)

    def running(self) -> list[Worker]:
        """The workers whose processes run."""
        return [worker for worker in self.values() if worker.alive]

    def by_age(self) -> list[Worker]:
        """The workers whose processes run, the oldest first."""
        return sorted(self.running(), key=lambda worker: worker.started)

    def worker(self, which: Which) -> Worker:
        """The worker that `which` means: itself, or the newest process of that name. LabError if
        it is not in this run."""
        self.require_not_ended()
        if isinstance(which, Worker):
            if which in self.lives:
                return which
            raise LabError(
                f"{which!r} is not a worker of this run: another run started it, perhaps an "
                "earlier one of the start cell. Nothing was done. Choose a worker again, as in "
                "`first = workers.leader()`."
            )
        if str(which) in self:
            return self[str(which)]
        names = ", ".join(self) or "none yet"
        raise LabError(f"{which!r} is not a worker of this run: nothing was done. It has: {names}.")

    def ended(self) -> list[Worker]:
        """The workers that have ended, or are about to because they were interrupted or killed."""
        return [worker for worker in self.values() if worker.ending or not worker.alive]

    def wait_for_end(self, name: str, *, within: float = ENDS_WITHIN_S) -> None:
        """Wait until the worker of this name has ended, if it was interrupted or killed. Does
        not wait for a frozen one, which would not end. LabError after `within` seconds."""
        worker = self.get(name)
        if worker and worker.ending and not worker.frozen:
            worker.process.wait(within)
