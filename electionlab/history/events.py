"""The kinds of events in a history: what workers logged, what we did, what Kafka says.

An event is an immutable record with a time. `worker_log` turns log lines into events, `lab` records
what was done, and its observer what the broker and the workers answered.
"""

from electionlab.history.actions import (
    Action,
    BrokerKilled,
    BrokerStarted,
    BrokerStopped,
    HistoryEnded,
    LoopBlocked,
    RoundBegun,
    RoundEnded,
    RunEnding,
    WorkerCut,
    WorkerExited,
    WorkerFrozen,
    WorkerHealed,
    WorkerInterrupted,
    WorkerKilled,
    WorkerSlowed,
    WorkerStarted,
    WorkerThawed,
)
from electionlab.history.answers import (
    GreetingStored,
    GroupSeen,
    GroupStored,
    OffsetCommitted,
    SessionExpired,
    WitnessFailed,
    WorkerView,
)
from electionlab.history.event import Event
from electionlab.history.logged_events import (
    GreetingPrinted,
    GroupLeaderElected,
    GroupLeft,
    LeadershipGained,
    LeadershipLost,
    Logged,
    MemberJoined,
    PartitionsAssigned,
    PartitionsRevoked,
    Published,
    RebalanceNoticed,
    WorkerReady,
    WorkerStopping,
)

EVENT_TYPES: dict[str, type[Event]] = {
    name: kind
    for name, kind in list(globals().items())
    if isinstance(kind, type) and issubclass(kind, Event) and kind not in (Event, Action)
}
"""The kinds of events, by their names in saved histories."""

__all__ = [
    "EVENT_TYPES",
    "Action",
    "BrokerKilled",
    "BrokerStarted",
    "BrokerStopped",
    "Event",
    "GreetingPrinted",
    "GreetingStored",
    "GroupLeaderElected",
    "GroupLeft",
    "GroupSeen",
    "GroupStored",
    "HistoryEnded",
    "LeadershipGained",
    "LeadershipLost",
    "Logged",
    "LoopBlocked",
    "MemberJoined",
    "OffsetCommitted",
    "PartitionsAssigned",
    "PartitionsRevoked",
    "Published",
    "RebalanceNoticed",
    "RoundBegun",
    "RoundEnded",
    "RunEnding",
    "SessionExpired",
    "WitnessFailed",
    "WorkerCut",
    "WorkerExited",
    "WorkerFrozen",
    "WorkerHealed",
    "WorkerInterrupted",
    "WorkerKilled",
    "WorkerReady",
    "WorkerSlowed",
    "WorkerStarted",
    "WorkerStopping",
    "WorkerThawed",
    "WorkerView",
]
