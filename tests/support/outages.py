"""An outage of a lab's only broker, as its observer sees it."""

from __future__ import annotations

from electionlab.history import events as ev
from electionlab.lab.lab import Lab


def go_through_an_outage(lab: Lab, how: str) -> None:
    """Stop or kill the broker, wait until a sample of the group has failed, start the broker again,
    and wait until the whole group is seen again and goes on."""
    members = len(lab.running())
    getattr(lab, f"{how}_broker")()
    assert not lab.kafka.alive
    down = lab.history().of(ev.BrokerStopped, ev.BrokerKilled)[-1].effective
    lab.wait(
        lambda h: [e for e in h.of(ev.WitnessFailed) if e.asked == "group" and e.time > down],
        within=60,
    )
    assert not [one for one in lab.history().of(ev.GroupSeen) if one.time > down]
    lab.start_broker()
    up = lab.history().of(ev.BrokerStarted)[-1].effective
    lab.wait(
        lambda h: [e for e in h.of(ev.GroupSeen) if e.time > up and len(e.members) == members],
        within=90,
    )
    lab.wait_greetings(2)
