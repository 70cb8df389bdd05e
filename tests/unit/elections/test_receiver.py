"""The receiver: one order, and for each greeting whether it came in time."""

import json

import pytest

from electionlab.elections.receiver import Order


@pytest.mark.parametrize(
    ("tokens", "in_time"),
    [
        ([5, 5, 5], [True, True, True]),
        ([5, 6, 5, 6], [True, True, False, True]),
        ([0, 0, 1, 0], [True, True, True, False]),
        ([2, 104, 4, 105], [True, True, False, True]),
    ],
)
def test_what_is_older_than_the_newest_came_too_late(tokens, in_time, capsys):
    order = Order()
    answers = [order.add({"who": "A", "token": token})["in_time"] for token in tokens]
    assert answers == in_time
    written = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [entry["token"] for entry in written] == tokens, "it refuses nothing"
    assert [entry["in_time"] for entry in written] == in_time
    assert all(entry["time"] > 0 for entry in written)
