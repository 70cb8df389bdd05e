"""A table that a page shows as HTML and a terminal as text."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from electionlab.history import events as ev
from electionlab.history.group import LEADER_TOPIC, Group, greeting_partitions
from electionlab.history.group_state import WorkerState
from electionlab.history.history import HasHistory, History, as_history


class Table:
    """Rows under headings; every cell is shown as text."""

    def __init__(self, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        self.heads = list(heads)
        self.rows = [[str(cell) for cell in row] for row in rows]

    def _repr_html_(self) -> str:
        heads = "".join(f'<th scope="col">{html.escape(head)}</th>' for head in self.heads)
        rows = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
            for row in self.rows
        )
        return (
            '<div class="lab-scroll" tabindex="0"><table class="lab-table">'
            f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
        )

    def __repr__(self) -> str:
        columns = zip(self.heads, *self.rows, strict=True)
        widths = [max(map(len, column)) for column in columns]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in [self.heads, *self.rows]
        )


def generations(source: History | HasHistory) -> Table:
    """Each generation of the group: its members, its group leader, and Faust's leader."""
    return Table(
        ["generation", "members", "group leader", "Faust's leader"],
        [
            (
                generation.number,
                ", ".join(generation.members),
                generation.group_leader or "-",
                generation.leader or "-",
            )
            for generation in as_history(source).generations
        ],
    )


def stored(source: History | HasHistory) -> Table:
    """Each generation as the coordinator wrote it into its journal: the record's offset there, when
    it was written (seconds since the start), the members, the group leader, and who was given the
    leader partition."""
    history = as_history(source)

    def name(member: str | None) -> str:
        return history.name_of(member) if member else "-"

    return Table(
        ["offset", "second", "generation", "members", "group leader", "leader partition"],
        [
            (
                event.offset,
                f"{history.at(event.time):.3f}",
                event.generation,
                ", ".join(sorted(map(name, event.members))) or "-",
                name(event.group_leader),
                name(event.leader),
            )
            for event in history.of(ev.GroupStored)
        ],
    )


def group(described: Group, history: History, app: str) -> Table:
    """A group as Kafka describes it, with the worker behind each member id."""
    topic = LEADER_TOPIC.format(app=app)
    return Table(
        ["worker", "member id", "holds the leader topic", "holds of the greetings"],
        sorted(
            (
                history.member_names.get(member.member_id, "not ours"),
                member.member_id,
                "partition 0" if member.holds(topic, 0) else "",
                ", ".join(map(str, greeting_partitions(member.partitions))),
            )
            for member in described.members
        ),
    )


def assignment(source: History | HasHistory, time: float | None = None) -> Table:
    """Who held what at a time (Unix seconds), by the workers' own logs: partitions of the
    greetings, the leader partition, and whether the worker was the standby for it, which is known
    only from its last answer over HTTP. Without a time: at the end, before we stopped all workers.
    """
    history = as_history(source)
    if time is None:
        time = history.over
    state = history.state_at(time)
    return Table(
        ["worker", "state", "holds of the greetings", "leader partition", "standby"],
        [(name, *_held(history, state.of(name), name, time)) for name in history.workers],
    )


# A worker's state after each kind of event.
_STATES: dict[type[ev.Event], str] = {
    ev.WorkerStarted: "starts",
    ev.PartitionsRevoked: "rebalances",
    ev.PartitionsAssigned: "has its partitions",
    ev.GroupLeft: "has left the group",
    ev.WorkerKilled: "has ended",
    ev.WorkerExited: "has ended",
}


def _held(history: History, state: WorkerState, worker: str, time: float) -> tuple[str, ...]:
    """A worker's state, greeting partitions, leader partition and standby, each in words."""
    last = state.newest(_STATES)
    if last is None:
        return "not started", "", "", ""
    greetings, leads = "", ""
    if holds := state.holds:
        greetings = ", ".join(map(str, greeting_partitions(holds.partitions))) or "none"
        leads = "partition 0" if holds.leads else ""
    standby = ""
    if not isinstance(last, (ev.WorkerKilled, ev.WorkerExited)):
        start = state.held.get(ev.WorkerStarted)
        since = start.time if start else 0.0
        views = [
            view for view in history.of(ev.WorkerView, worker=worker) if since <= view.time <= time
        ]
        standby = ("yes" if views[-1].heir else "no") if views else "not asked"
    return _STATES[type(last)], greetings, leads, standby
