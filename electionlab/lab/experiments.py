"""Runs an experiment: a function of a running lab, which breaks something and waits for what
follows.

    def kill_the_leader(lab):
        old = lab.leader()
        lab.kill(old)
        lab.wait_new_leader(old, greetings=3)

    kill = run(kill_the_leader)

In a reader's notebook it runs now, in a lab that is kept for the next experiment. A build begins
all experiments of a page at the first `run`, side by side (`benches`), and each `run` waits for its
own.
"""

from __future__ import annotations

import inspect
from typing import Any

from electionlab.errors import LabError
from electionlab.history.history import History
from electionlab.host import cells, owners
from electionlab.host.lifecycle import Stoppable
from electionlab.lab import page_experiments
from electionlab.lab.benches import SideBySide
from electionlab.lab.lab import Lab
from electionlab.lab.page_experiments import Written
from electionlab.lab.place import Experiment

RECOVERS_WITHIN_S = 40.0
"""A lab that is not one group with a leader again after so many seconds is replaced by another."""


class Experiments(Stoppable):
    """What `run` is: call it with an experiment, and with the arguments of the `Lab` that it needs
    if that is not one of three workers: `run(kill_one_of_three, brokers=3)`.

    `histories` has the last history of each experiment by name, `lab` the lab that runs now, if one
    does.
    """

    def __init__(self) -> None:
        self.histories: dict[str, History] = {}
        self.lab: Lab | None = None
        self._options: dict[str, Any] = {}
        self._begun: SideBySide[History] | None = None
        self._written: dict[str, Written] = {}

    def __call__(self, experiment: Experiment, **options: Any) -> History:
        """Run an experiment and return its history, from its beginning to its end. LabError if it
        fails."""
        name = experiment.__name__
        self._begin_those_of_a_build(experiment)
        if self._begun and self._is_as_written(experiment, options):
            history = self._begun.history(name)
        else:
            history = self._ready_lab(options).watch(experiment)
        self.histories[name] = history
        return history

    def stop(self) -> None:
        """Stop whatever runs. Does nothing if nothing does; `run` starts anew."""
        lab, self.lab = self.lab, None
        begun, self._begun = self._begun, None
        try:
            if lab:
                lab.stop()
        finally:
            if begun:
                begun.stop()

    def _ready_lab(self, options: dict[str, Any]) -> Lab:
        """The lab with these options, recovered from the last experiment, or a new one."""
        if self.lab and not (options == self._options and _recovers(self.lab)):
            self.lab.stop()
            self.lab = None
        if self.lab is None:
            self.lab, self._options = page_experiments.make_lab(options).start(), options
            cells.keep(self.lab, self.lab.kafka)
        return self.lab

    def _begin_those_of_a_build(self, experiment: Experiment) -> None:
        """Begin all experiments of the page that a build executes, unless that has been done. They
        see the same names as `experiment`."""
        page = owners.page()
        if self._written or page is None:
            return
        written = page_experiments.read(page)
        self._written = {each.name: each for each in written}
        namespace = getattr(experiment, "__globals__", {})
        self._begun = SideBySide(page_experiments.benches(written, namespace))

    def _is_as_written(self, experiment: Experiment, options: dict[str, Any]) -> bool:
        """Whether this is what was begun; else what this cell says is what runs."""
        written = self._written.get(experiment.__name__)
        if written is None or written.options != options:
            return False
        try:
            return inspect.getsource(experiment).strip() == written.source.strip()
        except (OSError, TypeError):
            return False


def _recovers(lab: Lab) -> bool:
    if lab.state != "running" or not lab.size:
        return False
    try:
        lab.recover(RECOVERS_WITHIN_S)
    except LabError:
        print("This lab does not recover from the last experiment. Another one starts.")
        return False
    return True


run = Experiments()
"""Runs an experiment in this notebook's lab, and returns its history (`Experiments`)."""
