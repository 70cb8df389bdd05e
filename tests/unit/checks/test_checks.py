"""What holds for every check."""

import pytest
from histories import (
    busy_run,
)

from electionlab import checks
from electionlab.history.history import History


@pytest.mark.parametrize("check", checks.ALL, ids=lambda check: check.__name__)
def test_a_check_looks_through_the_history_as_often_however_long_it_is(check, monkeypatch):
    """What looks through all events once for each leadership takes a minute for a long storm."""
    looks = []
    of = History.of
    monkeypatch.setattr(
        History, "of", lambda *args, **kwargs: looks.append(1) or of(*args, **kwargs)
    )
    counts = []
    for actions in (40, 80):
        looks.clear()
        check(History(busy_run(workers=4, actions=actions)))
        counts.append(len(looks))
    assert counts[0] == counts[1]
