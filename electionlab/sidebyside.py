"""Runs experiments that mostly wait side by side, each lab with a Kafka and ports of its own.

    labs = start(BENCHES)
    history = labs.history("kill_the_leader")    # waits until that experiment is done

A cell that asks for an experiment waits for it alone; the others go on meanwhile.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from IPython.display import Code

from electionlab.blocks import Stoppable
from electionlab.errors import LabError
from electionlab.experiments import Bench, Experiment
from electionlab.history import History
from electionlab.lab import Lab

AT_ONCE = 3
"""Labs at the same time: 2 cores and 4 GB carry three, beside two other pages.
`benchmarks/sidebyside.py` compares their figures with those of a lab alone. ELECTIONLAB_AT_ONCE
says otherwise."""

PATIENCE_S = 220.0
"""Less than a cell has in a build (`nb_execution_timeout`): so it says which experiment failed."""


class SideBySide(Stoppable):
    """Starts the labs of `benches`, `at_once` at a time, as soon as it is made.

    If that is not said, ELECTIONLAB_AT_ONCE says it, or else `AT_ONCE`. LabError if it is no number
    of labs.
    """

    def __init__(self, benches: Sequence[Bench], *, at_once: int | None = None) -> None:
        count = _at_once(at_once)
        self._stopping = threading.Event()
        self._labs: list[Lab] = []
        self._done: dict[str, Future[History]] = {}
        self._experiments: dict[str, Experiment] = {}
        for bench in benches:
            for experiment in bench.experiments:
                self._done[experiment.__name__] = Future()
                self._experiments[experiment.__name__] = experiment
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="electionlab bench")
        for bench in benches:
            self._pool.submit(self._run, bench)

    @property
    def names(self) -> list[str]:
        """The experiments by name, in the order of their benches."""
        return list(self._done)

    def history(self, name: str, within: float = PATIENCE_S) -> History:
        """What happened in an experiment; waits for its end. Raises LabError if it failed, or is
        not done `within` seconds."""
        if name not in self._done:
            raise LabError(f"There is no experiment {name!r}, but {', '.join(self.names)}.")
        try:
            return self._done[name].result(within)
        except TimeoutError as error:
            raise LabError(f"The experiment {name} was not done within {within:g} s.") from error

    def code(self, name: str) -> Code:
        """The experiment's code, to be shown."""
        source = inspect.getsource(self._experiments[name])
        return Code(source, language="python")  # type: ignore[no-untyped-call]

    @property
    def stopped(self) -> bool:
        return self._stopping.is_set()

    def stop(self) -> None:
        """End all labs, also those in the middle of an experiment. Ended already is fine."""
        self._stopping.set()
        with contextlib.ExitStack() as at_last:  # one that fails leaves the others no less stopped
            at_last.callback(self._give_up)
            at_last.callback(self._pool.shutdown)
            for lab in self._labs:
                at_last.callback(lab.stop, within=0)
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _give_up(self) -> None:
        """Tell whoever waits for an experiment whose lab was never made."""
        for done in self._done.values():
            if not done.done():
                done.set_exception(LabError("The labs were stopped before this experiment."))

    def _run(self, bench: Bench) -> None:
        waiting = [self._done[experiment.__name__] for experiment in bench.experiments]
        try:
            lab = bench.make()
            self._labs.append(lab)
            with lab:
                for experiment, done in zip(bench.experiments, waiting, strict=True):
                    if self._stopping.is_set():
                        raise LabError("The labs were stopped before this experiment.")
                    if experiment is not bench.experiments[0]:
                        lab.recover()
                    done.set_result(lab.watch(experiment))
        except BaseException as error:
            for done in waiting:
                if not done.done():
                    done.set_exception(error)


def _at_once(asked: int | None) -> int:
    told = os.environ.get("ELECTIONLAB_AT_ONCE", AT_ONCE) if asked is None else asked
    with contextlib.suppress(ValueError):
        if (count := int(told)) >= 1:
            return count
    raise LabError(f"One lab or more can run at once, not {told}: see ELECTIONLAB_AT_ONCE.")


Labs = TypeVar("Labs", bound=SideBySide)
_running: dict[type[SideBySide], SideBySide] = {}


def start(benches: Sequence[Bench]) -> SideBySide:
    """Start the labs of `benches`, as `once` does."""
    return once(SideBySide, benches)


def once(kind: type[Labs], benches: Sequence[Bench]) -> Labs:
    """Start labs of this kind; where this interpreter runs some already, these are returned: a cell
    that is run twice starts nothing twice."""
    labs = _running.get(kind)
    if not isinstance(labs, kind) or labs.stopped:
        labs = _running[kind] = kind(benches)
    return labs
