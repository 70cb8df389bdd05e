"""What three settings predict of a failover, and what is read from a history of one."""

import pytest
from literal import (
    assigned,
    ended,
    frozen,
    group_stored,
    interrupted,
    joined,
    killed,
    published,
    started,
    thawed,
)

from electionlab import events as ev
from electionlab import failover, measured, sidebyside, sweep
from electionlab.checks import failovers
from electionlab.errors import LabError
from electionlab.failover import STEPS, Round, Settings, predicted
from electionlab.history import History
from electionlab.recorded import Recorded
from electionlab.sessions import BrokerLog, expired

SIX = Settings(6, 1, 2)
ABOUT = {"settings": " ".join(f"{name}={value}" for name, value in SIX.environment().items())}
LINE = (
    "[2026-11-23 16:38:33,539] INFO org.apache.kafka.coordinator.group.GroupMetadataManager - "
    "[GroupCoordinator id=1 topic=__consumer_offsets partition=0] Member {member} in group {group} "
    "has failed, removing it from the group.\n"
)


def noticed(time, worker):
    return ev.RebalanceNoticed(time=time, worker=worker)


def gave_up(time, worker):
    return ev.SessionExpired(time=time, worker="kafka", member_id=f"faust-{worker}")


def begun():
    """A, B and C are a group from 1 s on, and A leads."""
    events = [group_stored(1, 1, "ABC", "A")]
    for worker in "ABC":
        events += [started(0, worker), joined(1, worker, 1), assigned(1, worker, worker == "A")]
    return [*events, published(2, "A"), published(4, "A")]


def taken_over(at=0.0):
    """B and C hear of the loss of A at 15.5 and 15.7 s, and B publishes at 17 s."""
    return [
        *(noticed(15.5 + at, "B"), noticed(15.7 + at, "C"), group_stored(15.8 + at, 2, "BC", "B")),
        *(assigned(15.85 + at, "B", True), assigned(15.85 + at, "C", False)),
        *(published(17 + at, "B"), published(19 + at, "B")),
    ]


def after_kill(*more):
    return History(
        [*begun(), killed(10, "A"), gave_up(15.2, "A"), *taken_over(), *more, ended(20)], ABOUT
    )


def one(fault="kill", settings=SIX, late_s=0.0, generations=1, **took):
    lowest = {step: low for step, (low, _) in settings.predicted_steps(fault).items()}
    return Round(fault, settings, {**lowest, **took}, late_s, generations)


def test_a_kill_takes_a_session_less_or_more_a_heartbeat_and_a_tick():
    assert predicted("kill", 6, 1, 2) == (5, 9)
    assert predicted("kill", 60, 3, 2) == (57, 65)


def test_after_ctrl_c_the_session_does_not_matter():
    assert predicted("interrupt", 6, 1, 2) == predicted("interrupt", 60, 1, 2) == (0, 3)


@pytest.mark.parametrize("settings", [(0, 1, 2), (6, 0, 2), (6, 6, 2), (6, 7, 2), (6, 1, 0)])
def test_settings_that_cannot_be_are_refused(settings):
    with pytest.raises(ValueError, match="no such settings"):
        predicted("kill", *settings)


def test_another_fault_has_no_formula():
    with pytest.raises(ValueError, match="no formula for 'freeze'"):
        predicted("freeze", 6, 1, 2)


@pytest.mark.parametrize(
    ("heartbeat", "timer", "period"), [(1, 2, 2), (0.5, 2, 2), (3, 2, 6), (0.5, 0.75, 1.5)]
)
def test_heartbeats_and_ticks_repeat_after_their_common_multiple(heartbeat, timer, period):
    assert Settings(60, heartbeat, timer).period_s == period


def test_the_steps_of_a_kill_are_read_from_where_they_happened():
    (found,) = failover.rounds(after_kill())
    assert found.fault == "kill"
    assert found.settings == SIX
    wanted = {"noticed": 5.2, "told": 0.5, "regrouped": 0.1, "assigned": 0.05, "ticked": 1.15}
    assert found.took == pytest.approx(wanted)
    assert found.total_s == pytest.approx(7)
    assert found.generations == 1
    assert not found.set_aside


def test_after_an_interrupt_the_first_step_ends_with_the_goodbye():
    left = ev.GroupLeft(time=15.3, worker="A")
    history = History([*begun(), interrupted(15.25, "A"), left, *taken_over(), ended(20)], ABOUT)
    (found,) = failover.rounds(history)
    assert found.fault == "interrupt"
    assert found.took["noticed"] == pytest.approx(0.05)
    assert found.took["told"] == pytest.approx(0.4)


def test_without_the_brokers_log_the_first_two_steps_are_one():
    history = History([*begun(), killed(10, "A"), *taken_over(), ended(20)], ABOUT)
    (found,) = failover.rounds(history)
    assert found.took["noticed"] == pytest.approx(5.7)
    assert found.took["told"] == 0


def test_a_fault_of_a_worker_that_does_not_lead_is_no_round():
    history = History([*begun(), killed(10, "C"), *taken_over(), ended(20)], ABOUT)
    assert failover.rounds(history) == []


def test_a_failover_that_is_not_told_of_in_full_counts_and_is_set_aside():
    (found,) = failover.rounds(History([*begun(), killed(10, "A"), ended(20)], ABOUT))
    assert found.took == {}
    assert found.set_aside == "the history does not tell of each step"


def test_a_round_on_a_machine_that_stood_still_is_set_aside():
    (found,) = failover.rounds(after_kill(), [(3, 9.0), (12, 0.7), (16, 0.2)])
    assert found.late_s == 0.7
    assert "0.70 s too late" in found.set_aside


def test_a_round_with_another_rebalance_is_set_aside():
    (found,) = failover.rounds(after_kill(group_stored(16.5, 3, "BCD", "B")))
    assert found.set_aside == "the group was rebalanced 2 times"


def test_a_history_that_does_not_tell_its_settings_is_refused():
    with pytest.raises(LabError, match="does not tell its settings"):
        failover.rounds(History(begun()))


def test_rounds_within_their_ranges_hold():
    verdict = failovers.follows_the_settings(
        [one(told=1.2), one(ticked=2), one("interrupt")], "kill"
    )
    assert verdict.outcome == "held"
    assert verdict.figures == {
        "rounds": 2,
        "set_aside": 0,
        "late": 0,
        "furthest_s": pytest.approx(0.2),
    }


@pytest.mark.parametrize("took", [{"told": 1.4}, {"noticed": 4.6}, {"regrouped": 1.1}])
def test_a_step_that_lies_outside_is_named(took):
    verdict = failovers.follows_the_settings([one(), one(**took)], "kill")
    assert verdict.outcome == "broken"
    assert next(iter(took)) in verdict.evidence[0]


def test_a_step_may_lie_outside_by_as_much_as_the_machine_was_late():
    late = one(told=1.4, late_s=0.2)
    assert failovers.follows_the_settings([late], "kill").outcome == "held"


def test_one_step_too_long_is_not_hidden_by_another_too_short():
    hidden = one(noticed=3.5, told=2.5)
    assert predicted("kill", 6, 1, 2)[0] <= hidden.total_s
    assert failovers.follows_the_settings([hidden], "kill").outcome == "broken"


@pytest.mark.parametrize("strange", [one(generations=2), Round("kill", SIX, {})])
def test_most_rounds_have_to_be_plain_failovers_unless_the_machine_was_slow(strange):
    few = failovers.follows_the_settings([one(), one(), strange], "kill")
    assert few.outcome == "held"
    assert few.figures["set_aside"] == 1
    most = failovers.follows_the_settings([one(), strange, strange], "kill")
    assert most.outcome == "broken"
    assert "2 of 3 rounds were no plain failover" in most.finding
    assert strange.set_aside in most.evidence[0]


RUN = Recorded(
    date="2026-11-23",
    machine="2 cores",
    command="",
    versions={"kafka": "4.3.0", "faust-streaming": "1", "aiokafka": "2", "python": "3.11"},
    rounds=[one()],
)
ABOUT_LIVE = {**RUN.versions, "python": "3.12", "settings": ""}


def decided(*live, about=ABOUT_LIVE):
    """What becomes of live rounds beside a recorded run that held."""
    held = failovers.follows_the_settings(RUN.rounds, "kill").expect("held")
    return failovers.or_recorded(failovers.follows_the_settings(live, "kill"), held, RUN, about)


def test_a_slow_machine_proves_nothing_and_the_recorded_run_decides():
    told = decided(one(late_s=2, told=9))
    assert told.outcome == "held"
    assert "too slow" in told.finding
    assert "As recorded on 2026-11-23" in told.finding


def test_a_recorded_run_of_other_versions_decides_nothing():
    told = decided(one(late_s=2), about={**ABOUT_LIVE, "aiokafka": "3"})
    assert told.outcome == "unknown"
    assert "had aiokafka 2 instead of 3" in told.finding


def test_a_live_verdict_is_never_replaced():
    assert decided(one(told=9)).outcome == "broken"
    assert decided(*[one(generations=2)] * 5).outcome == "broken"
    assert decided(Round("kill", SIX, {})).outcome == "broken"


def test_no_rounds_are_no_slow_machine():
    told = decided()
    assert told.outcome == "unknown"
    assert told.finding == "There was no round."


def test_waits_that_do_not_grow_are_found_although_they_lie_within_their_ranges():
    slow = Settings(6, 1, 4)
    short = [one(ticked=1.9)] * 6 + [one(settings=slow, ticked=1.9)] * 6
    assert failovers.follows_the_settings(short, "kill").outcome == "held"
    assert failovers.waits_grow(short).outcome == "broken"
    assert failovers.waits_grow([*short, one(settings=slow, ticked=2.1)]).outcome == "held"
    assert failovers.waits_grow(short[1:]).outcome == "unknown"


def freeze_run(seconds, moves):
    events = [*begun(), frozen(10, "A"), thawed(10 + seconds, "A")]
    events += [group_stored(10 + seconds / 2, 2, "BC", "B")] if moves else []
    return History([*events, ended(40)], ABOUT)


@pytest.mark.parametrize(
    ("seconds", "moves", "outcome"),
    [
        (3, False, "held"),
        (3, True, "broken"),
        (5.5, False, "unknown"),
        (5.5, True, "unknown"),
        (8, True, "held"),
        (8, False, "broken"),
    ],
)
def test_a_freeze_moves_leadership_if_it_is_longer_than_the_session(seconds, moves, outcome):
    assert failovers.freezes_follow_the_session(freeze_run(seconds, moves)).outcome == outcome


def test_no_freeze_is_no_proof():
    assert failovers.freezes_follow_the_session(after_kill()).outcome == "unknown"


def test_the_end_of_a_session_is_read_from_the_brokers_log():
    lines = [LINE.format(member="m-1", group="ours"), LINE.format(member="m-2", group="theirs")]
    (found,) = expired(["something else", *lines], "ours")
    assert (found.member_id, found.worker) == ("m-1", "kafka")
    assert found.time % 1 == pytest.approx(0.539, abs=1e-3)


def test_a_broker_log_is_read_as_it_grows(tmp_path):
    path = tmp_path / "kafka.log"
    line = LINE.format(member="m", group="ours")
    path.write_text(line + line[:90])
    log = BrokerLog(path, "ours")
    assert len(log.take()) == 1
    assert log.take() == []
    path.write_text(line + line)
    assert len(log.take()) == 1


def test_a_seed_gives_the_same_moments_and_another_others():
    def moments(seed, settings=SIX):
        return list(sweep.Repeated("again", settings, 3, seed).moments())

    assert moments(1) == moments(1)
    assert moments(1) != moments(2)
    assert moments(1) != moments(1, Settings(4, 1, 2))
    assert [fault for fault, _ in moments(1)] == ["kill", "interrupt"] * 3
    assert all(0 <= wait_s <= SIX.period_s for _, wait_s in moments(1))


def test_a_build_measures_three_settings_and_the_floor():
    names = [bench.experiments[0].__name__ for bench in sweep.short()]
    assert len(names) == len(set(names)) == 4
    assert {settings.timer_s for settings in sweep.SWEEP} == {1, 2, 4}


def test_the_formula_as_a_table():
    told = {row[0]: row[1:] for row in measured.formula(SIX).rows}
    assert told["noticed"] == ["5 to 6 s", "work"]
    assert told["in all"] == ["5 to 9 s", "0 to 3 s"]
    assert list(told) == [*STEPS, "in all"]


def test_each_round_as_a_row():
    rounds = [one(), one("interrupt"), one(late_s=2), Round("kill", SIX, {})]
    assert [row[1:] for row in measured.each(rounds, "kill").rows] == [
        ["5.00", *["0.00"] * 4, "5.00", "5 to 9 s"],
        ["5.00", *["0.00"] * 4, "5.00 (set aside)", "5 to 9 s"],
        [*["–"] * 5, "0.00 (set aside)", "5 to 9 s"],
    ]


def test_rounds_that_are_set_aside_are_in_no_figure():
    rounds = [one(), one(late_s=2, told=9), one(generations=2, told=9), Round("kill", SIX, {})]
    assert measured.spread(rounds, "kill") == "5.00 s"
    assert [row[2:4] for row in measured.medians(rounds).rows] == [["1", "5.00 s"]]
    assert measured.told(rounds).groups["kill"] == [0]
    assert measured.by_step(rounds, "kill", SIX).groups["told"] == [0]
    assert measured.by_settings(rounds, "kill").groups == {"6 / 1 / 2 s": [5]}


def test_the_pictures_have_a_group_for_each_setting_and_step():
    rounds = [one(), one(settings=Settings(2, 1, 2)), one(settings=Settings(60, 3, 2))]
    by_settings = measured.by_settings(rounds, "kill")
    assert list(by_settings.groups) == ["session 2 s", "6 / 1 / 2 s"]
    by_step = measured.by_step(rounds, "kill", SIX)
    assert list(by_step.groups) == list(STEPS)
    assert set(by_step.predicted) == {"noticed", "told", "ticked"}


def test_what_was_told_counts_in_heartbeats():
    rounds = [one(told=0.25), one("interrupt", Settings(6, 2, 2), told=1.5)]
    assert measured.told(rounds).groups == {"kill": [25], "interrupt": [75]}


def test_a_spread_in_words():
    assert measured.spread([one(), one(told=0.5), one("interrupt")], "kill").startswith(
        "median 5.25"
    )
    assert measured.spread([], "kill") == "time that was not measured"


def test_a_median_has_an_interval_from_six_rounds_on():
    few = measured.medians([one()] * 5).rows[0]
    enough = measured.medians([one(ticked=number / 10) for number in range(6)]).rows[0]
    assert few[2:5] == ["5", "5.00 s", "too few"]
    assert enough[2:5] == ["6", "5.25 s", "5.00 to 5.50 s"]


def test_labs_that_run_are_started_once_and_labs_of_another_kind_beside_them(monkeypatch):
    monkeypatch.setattr(sweep, "short", list)
    with sidebyside.start([]) as labs, sweep.start() as failing:
        assert sidebyside.start([]) is labs
        assert sweep.start() is failing
        assert failing is not labs
    with sweep.start() as again:
        assert again is not failing
