"""Brokers' places: free ports, or those that the playbook has fixed."""

import pytest

from electionlab.errors import LabError
from electionlab.kafka.node import CONTROLLER_PORT, PLAYBOOK_PORT, Node, free_nodes


def test_each_node_has_ports_of_its_own():
    nodes = free_nodes(3, None)
    assert [node.id for node in nodes] == [1, 2, 3]
    assert len({port for node in nodes for port in node.ports}) == 6


def test_the_first_port_may_be_chosen():
    assert [node.port == 12345 for node in free_nodes(3, 12345)] == [True] + 2 * [False]
    assert free_nodes(1, PLAYBOOK_PORT) == [Node(1, PLAYBOOK_PORT, CONTROLLER_PORT)]


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_number_that_no_port_can_have_is_refused(port):
    with pytest.raises(LabError, match=f"There is no port {port}"):
        free_nodes(1, port)
