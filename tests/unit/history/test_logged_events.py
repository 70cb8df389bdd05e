"""What an assignment says of who leads."""

import pytest
from histories import GREETINGS_TOPIC, LEADER_TOPIC

from electionlab.history import events as ev


@pytest.mark.parametrize(
    ("partitions", "leads", "holds"),
    [((0, 1), True, True), ((1,), False, True), ((), False, False)],
)
def test_another_partition_of_the_leader_topic_does_not_make_a_leader(partitions, leads, holds):
    held = {LEADER_TOPIC: partitions, GREETINGS_TOPIC: (0,)}
    given = ev.PartitionsAssigned(time=0, worker="w", partitions=held)
    assert (given.leads, given.holds_leader_topic) == (leads, holds)
