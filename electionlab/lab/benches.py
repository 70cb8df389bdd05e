"""Runs experiments side by side, since they mostly wait. Each lab has its own Kafka and ports.

    labs = start_as(SideBySide, [Bench(Lab, (kill_the_leader, freeze_the_leader))])
    history = labs.history("kill_the_leader")    # waits until that experiment is done

A cell that asks for an experiment waits only for that one, while the others go on.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from electionlab.errors import DeadlineError, LabError
from electionlab.host import cells, load
from electionlab.host.gate import Gate, allowed
from electionlab.host.lifecycle import Stoppable
from electionlab.host.waiting import STOPPED_S, wait_for
from electionlab.host.wakeup_delay import Lateness
from electionlab.lab.place import Experiment, Place

PATIENCE_S = 580.0
"""Seconds. Even stretched, less than a cell's limit in a build (`nb_execution_timeout`)."""

STOPPED = "The labs were stopped before this experiment."
R = TypeVar("R")


@dataclass(frozen=True)
class Bench:
    """Experiments that share one lab, in this order. Between two of them the lab recovers: workers
    that have ended are started again, until there are `size` of them."""

    make: Callable[[], Place]
    experiments: tuple[Experiment, ...]


class SideBySide(Stoppable, Generic[R]):
    """Starts the labs of `benches`, `at_once` at a time, as soon as it is made. `R` is what is seen
    of an experiment: of labs, a `History`.

    Without `at_once`, the environment variable ELECTIONLAB_AT_ONCE, or else `gate.AT_ONCE`, sets
    the limit, and a busy machine runs fewer (`Gate`). LabError if it is no whole number above 0.

    An experiment that runs out of time, or fails on a very busy machine or one that stood still,
    runs a second time, alone in a lab of its own; `history` says so.
    """

    def __init__(self, benches: Sequence[Bench], *, at_once: int | None = None) -> None:
        count = allowed(at_once)
        self.lateness = Lateness()
        self._stopping = threading.Event()
        self._gate = Gate(count, on_any_machine=at_once is not None)
        self._labs: list[Place] = []
        self._benches = {e.__name__: bench for bench in benches for e in bench.experiments}
        self._done: dict[str, Future[R]] = {name: Future() for name in self._benches}
        self._first_tries: dict[str, str] = {}  # why the first try of an experiment failed
        self._unreported: set[str] = set()  # second tries not yet reported to the reader
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="electionlab bench")
        cells.make_room(self, [])
        for bench in benches:
            self._pool.submit(self._run, bench.make, bench.experiments)

    @property
    def names(self) -> list[str]:
        """The experiments by name, in the order of their benches."""
        return list(self._done)

    @property
    def histories(self) -> Mapping[str, R]:
        """The histories of the experiments that are done and have not failed, by name."""
        done = {name: future for name, future in self._done.items() if future.done()}
        return {name: future.result() for name, future in done.items() if not future.exception()}

    def history(self, name: str, within: float = PATIENCE_S) -> R:
        """The history of an experiment, once it is done. Says so if it ran twice. Raises LabError
        if it failed, or is not done after `within` seconds."""
        self._require(name)
        try:
            history = wait_for(
                self._done[name],
                within=within,
                why=lambda: f"the experiment {name} was not done ({load.in_words()})",
                what=f"the experiment {name}",
                now=load.in_words,
            )
        except Exception:
            if not self._done[name].done():
                raise
        if error := self._done[name].exception():
            first = self._first_tries.get(name)
            raise LabError(
                f"The experiment {name} failed. {_in_words(error)}\n"
                + (f"That was the second try. The first time: {first}\n" if first else "")
                + (f"To run it again, by itself: labs.retry({name!r})" if cells.is_live() else "")
            ) from error
        if name in self._unreported:
            self._unreported.discard(name)
            print(f"{name} ran twice. The first time: {self._first_tries[name]}")
        return history

    def retry(self, name: str) -> None:
        """Run one experiment again, in a lab of its own. LabError if it is still running, or if
        the labs have been stopped."""
        self._require(name)
        if self.stopped:
            self.require_not_ended_in_absence()
            raise LabError("The labs have been stopped. Run the cell that starts them again.")
        if not self._done[name].done():
            raise LabError(f"The experiment {name} is still running.")
        self._first_tries.pop(name, None)
        self._unreported.discard(name)
        self._done[name] = Future()
        self._again([self._experiment(name)])
        print(f"{name} runs again, by itself. labs.history({name!r}) waits for its end.")

    def retry_failed(self) -> None:
        """Run all failed experiments again."""
        for name, done in self._done.items():
            if done.done() and done.exception():
                self.retry(name)

    @property
    def title(self) -> str:
        return f"the labs of {len(self.names)} experiments"

    @property
    def stopped(self) -> bool:
        return self._stopping.is_set()

    def stop(self) -> None:
        """Stop all labs, even in the middle of an experiment. Does nothing if already stopped."""
        self._stopping.set()
        cells.forget(self)
        with contextlib.ExitStack() as at_last:  # if one fails to stop, the others stop anyway
            at_last.callback(self._give_up)
            at_last.callback(self._pool.shutdown)
            at_last.callback(self.lateness.stop)
            for lab in self._labs:
                at_last.callback(lab.stop, within=0)
            self._gate.close()
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _give_up(self) -> None:
        """Release anyone waiting for an experiment whose lab was never made."""
        for done in self._done.values():
            if not done.done():
                done.set_exception(LabError(STOPPED))

    def _require(self, name: str) -> None:
        if name not in self._done:
            raise LabError(f"There is no experiment {name!r}, but {', '.join(self.names)}.")

    def _experiment(self, name: str) -> Experiment:
        return next(e for e in self._benches[name].experiments if e.__name__ == name)

    def _again(self, experiments: Sequence[Experiment]) -> None:
        make = self._benches[experiments[0].__name__].make
        with contextlib.suppress(RuntimeError):  # it is being stopped: nothing new begins
            self._pool.submit(self._run, make, experiments, alone=True)

    def _run(
        self, make: Callable[[], Place], left: Sequence[Experiment], *, alone: bool = False
    ) -> None:
        """Run experiments in one lab; if one fails, run the rest in a new lab."""
        while left:
            with self._gate.entered(alone=alone) as opened:
                if not opened:
                    self._failed(left, LabError(STOPPED), time.time())
                    return
                left = self._run_in_one_lab(make, left)

    def _run_in_one_lab(
        self, make: Callable[[], Place], experiments: Sequence[Experiment]
    ) -> Sequence[Experiment]:
        """Run experiments one after another; returns those left to run after one has failed."""
        done: list[str] = []
        begun = time.time()
        try:
            lab = make()
            self._labs.append(lab)
            with lab:
                for experiment in experiments:
                    if self.stopped:
                        raise LabError(STOPPED)
                    if done:
                        lab.recover()
                    begun = time.time()
                    self._succeeded(experiment, lab.watch(experiment), begun)
                    done.append(experiment.__name__)
        except BaseException as error:
            # If the lab itself did not start, none of its experiments could run.
            rest = experiments[len(done) :]
            failed = rest[:1] if done else rest
            self._failed(failed, error, begun)
            return rest[len(failed) :]
        return []

    def _succeeded(self, experiment: Experiment, history: R, begun: float) -> None:
        stood_s = self.lateness.longest_s(begun)
        if stood_s > STOPPED_S:
            error = DeadlineError(f"This machine was suspended for {stood_s:.0f} s during it.")
            if self._tries_again([experiment], error):
                return
        self._done[experiment.__name__].set_result(history)

    def _failed(self, failed: Sequence[Experiment], error: BaseException, begun: float) -> None:
        slow = self.lateness.longest_s(begun) > STOPPED_S or load.per_core() >= load.BUSY
        if (slow or isinstance(error, DeadlineError)) and self._tries_again(failed, error):
            return
        for experiment in failed:
            done = self._done[experiment.__name__]
            if not done.done():
                done.set_exception(error)

    def _tries_again(self, experiments: Sequence[Experiment], error: BaseException) -> bool:
        """Give these a second try, unless they had one or all is stopped; returns whether."""
        names = [experiment.__name__ for experiment in experiments]
        if self.stopped or any(name in self._first_tries for name in names):
            return False
        for name in names:
            self._first_tries[name] = _in_words(error)
            self._unreported.add(name)
        self._again(experiments)
        return True


def _in_words(error: BaseException) -> str:
    return str(error) if isinstance(error, LabError) else f"{type(error).__name__}: {error}"


Labs = TypeVar("Labs", bound=SideBySide[Any])
_running: dict[type[SideBySide[Any]], SideBySide[Any]] = {}


def start_as(kind: type[Labs], benches: Sequence[Bench]) -> Labs:
    """Start labs of this kind. If this interpreter already runs some, they are returned and their
    failed experiments run again: a cell that is run twice starts nothing twice."""
    labs = _running.get(kind)
    if isinstance(labs, kind) and not labs.stopped:
        labs.retry_failed()
        return labs
    labs = _running[kind] = kind(benches)
    return labs
