"""Which failovers a build measures, when, and in which labs."""

from failovers import SIX

from electionlab.failover import measure
from electionlab.failover.model import Settings
from electionlab.lab import benches
from electionlab.lab.benches import SideBySide


def test_a_seed_gives_the_same_moments_and_another_others():
    def moments(seed, settings=SIX):
        return list(measure.Repeated("again", settings, 3, seed).moments())

    assert moments(1) == moments(1)
    assert moments(1) != moments(2)
    assert moments(1) != moments(1, Settings(4, 1, 2))
    assert [fault for fault, _ in moments(1)] == ["kill", "interrupt"] * 3
    assert all(0 <= wait_s <= SIX.period_s for _, wait_s in moments(1))


def test_a_build_measures_three_settings_and_the_floor():
    names = [bench.experiments[0].__name__ for bench in measure.short()]
    assert len(names) == len(set(names)) == 4
    assert {settings.timer_s for settings in measure.SWEEP} == {1, 2, 4}


def test_labs_that_run_are_started_once_and_labs_of_another_kind_beside_them(monkeypatch):
    monkeypatch.setattr(measure, "short", list)
    with benches.start_as(SideBySide, []) as labs, measure.start() as failing:
        assert benches.start_as(SideBySide, []) is labs
        assert measure.start() is failing
        assert failing is not labs
    with measure.start() as again:
        assert again is not failing
