"""What makes room for what, outside of a notebook: by what only one can have."""

import pytest

from electionlab.host import cells
from electionlab.host.lifecycle import Stoppable


class Thing(Stoppable):
    def __init__(self, name, holds=(), kafka=None, stops=None):
        self.name, self.kafka, self._holds = name, kafka, set(holds)
        self._stops = [] if stops is None else stops

    @property
    def holds(self):
        return self._holds

    @property
    def title(self):
        return self.name

    def stop(self):
        self._stops.append(self.name)


@pytest.fixture(autouse=True)
def empty(monkeypatch):
    monkeypatch.setattr(cells, "_running", [])


def test_what_holds_the_same_is_stopped_after_what_rests_on_it(capsys):
    stops = []
    kafka = Thing("Kafka", [1, 2], stops=stops)
    workers = Thing("workers", [3], kafka=kafka, stops=stops)
    other = Thing("other", [4], stops=stops)
    for thing in (kafka, workers, other):
        cells.make_room(thing, thing.holds)
    assert capsys.readouterr().out == ""
    newer = Thing("newer", [2])
    cells.make_room(newer, newer.holds)
    assert stops == ["workers", "Kafka"]
    assert cells.running() == [other, newer]
    assert "Stopped what was started here before: workers, Kafka." in capsys.readouterr().out


def test_what_is_forgotten_is_not_stopped():
    stops = []
    kafka = Thing("Kafka", [1], stops=stops)
    cells.make_room(kafka, [1])
    cells.make_room(kafka, [1])
    cells.forget(kafka)
    cells.make_room(Thing("newer"), [1])
    assert stops == []


def test_what_cannot_be_stopped_is_not_forgotten():
    class Stuck(Thing):
        def stop(self):
            raise KeyboardInterrupt

    stuck = Stuck("stuck", [1])
    cells.make_room(stuck, [1])
    with pytest.raises(KeyboardInterrupt):
        cells.make_room(Thing("newer"), [1])
    assert cells.running() == [stuck]


def test_there_is_no_cell_outside_of_a_notebook():
    assert cells.execution() is None


def test_what_is_kept_lasts_when_its_cell_runs_again(monkeypatch):
    stops = []
    runs = iter(("first", "second"))
    monkeypatch.setattr(cells, "execution", lambda: cells.Execution("cell", next(runs)))
    kept, other = Thing("kept", stops=stops), Thing("other", stops=stops)
    monkeypatch.setattr(cells, "_running", [(kept, cells.execution()), (other, None)])
    cells.keep(kept)
    cells.make_room(Thing("newer"), [])
    assert stops == []
    assert cells.running()[:2] == [kept, other]


def test_only_a_readers_notebook_is_live(monkeypatch):
    assert not cells.is_live()
    monkeypatch.setattr(cells, "shell", lambda any_thread: object())
    assert cells.is_live()
    monkeypatch.setattr(cells, "build_name", lambda: "a build")
    assert not cells.is_live()
