"""How a run stands: who leads, who is in the group, what happened last."""

from __future__ import annotations

from electionlab.errors import LabError
from electionlab.history import events as ev
from electionlab.lab.recorder import Recorder
from electionlab.lab.roster import Roster
from electionlab.lab.worker import Worker
from electionlab.pictures import sentences, tables
from electionlab.pictures.tables import Table

ROUTINE = (ev.HistoryEnded, ev.Logged, ev.GroupSeen, ev.WorkerView, ev.OffsetCommitted)
"""What happens all the time, and does not help to explain why a wait failed."""


class Standing:
    """How a run stands now, for whoever asks and for the line shown during a wait."""

    def __init__(self, recorder: Recorder, roster: Roster) -> None:
        self._recorder, self._roster = recorder, roster

    def leader(self) -> Worker:
        """The worker that leads now, in its own eyes. LabError if none does."""
        name = self._recorder.history().leader
        if name is None:
            self._roster.require_not_ended()
            raise LabError(f"Nobody leads: {self.last_events()}")
        return self._roster[name]

    def group(self) -> Table:
        """The group as Kafka itself describes it, with the worker behind each member."""
        app, witness = self._recorder.app, self._recorder.kafka.witness
        return tables.group(witness.group(app), self._recorder.history(), app)

    def last_events(self) -> str:
        """How the run stands, and its last events."""
        history = self._recorder.history()
        events = [event for event in history if not isinstance(event, ROUTINE)]
        lines = "\n".join(f"    {sentences.line(e, history.at(e.time))}" for e in events[-5:])
        return f"{self}. The last events were\n{lines or '    none'}"

    def __str__(self) -> str:
        """Who leads, and how many workers run."""
        history, running = self._recorder.history(), self._roster.running()
        leads = f"{history.leader} leads" if history.leader else "nobody leads"
        generation = history.generations[-1].number if history.generations else None
        parts = [leads, *([f"generation {generation}"] if generation else [])]
        parts += [f"{worker.name} is frozen" for worker in running if worker.frozen]
        return ", ".join([*parts, f"{len(running)} of {len(self._roster)} workers running"])
