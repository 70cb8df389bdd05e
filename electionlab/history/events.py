"""The kinds of events in a history: what workers logged, what we did, what Kafka says.

An event is an immutable record with a time. `worker_log` turns log lines into events, `lab` records
what was done, and its observer what the broker and the workers answered.
"""

from electionlab.history.actions import *
from electionlab.history.answers import *
from electionlab.history.event import *
from electionlab.history.logged_events import *

EVENT_TYPES: dict[str, type[Event]] = {
    name: kind
    for name, kind in list(globals().items())
    if isinstance(kind, type) and issubclass(kind, Event) and kind not in (Event, Action)
}
"""The kinds of events, by their names in saved histories."""
