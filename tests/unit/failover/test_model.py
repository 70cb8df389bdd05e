"""What three settings predict of a failover, and what is read from a history of one."""

import pytest
from failovers import ABOUT, SIX, begun, gave_up, taken_over
from histories import (
    assigned,
    ended,
    ending,
    group_stored,
    interrupted,
    killed,
    left,
    noticed,
    published,
    started,
)

from electionlab.errors import LabError
from electionlab.failover import model
from electionlab.failover.model import LOGGED_LATE_S, Settings, predicted
from electionlab.history import events as ev
from electionlab.history.history import History


def killed_leader(*more):
    return History(
        [*begun(), killed(10, "A"), gave_up(15.2, "A"), *taken_over(), *more, ended(20)], ABOUT
    )


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
    (found,) = model.rounds(killed_leader())
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
    (found,) = model.rounds(history)
    assert found.fault == "interrupt"
    assert found.took["noticed"] == pytest.approx(0.05)
    assert found.took["told"] == pytest.approx(0.4)


def test_without_the_brokers_log_the_first_two_steps_are_one():
    history = History([*begun(), killed(10, "A"), *taken_over(), ended(20)], ABOUT)
    (found,) = model.rounds(history)
    assert found.took["noticed"] == pytest.approx(5.7)
    assert found.took["told"] == 0


def test_a_fault_of_a_worker_that_does_not_lead_is_no_round():
    history = History([*begun(), killed(10, "C"), *taken_over(), ended(20)], ABOUT)
    assert model.rounds(history) == []


def test_a_failover_that_is_not_told_of_in_full_counts_and_is_set_aside():
    (found,) = model.rounds(History([*begun(), killed(10, "A"), ended(20)], ABOUT))
    assert found.took == {}
    assert found.set_aside == "the history does not show each step"


def test_a_round_on_a_machine_that_stood_still_is_set_aside():
    (found,) = model.rounds(killed_leader(), [(3, 9.0), (12, 0.7), (16, 0.2)])
    assert found.late_s == 0.7
    assert "0.70 s too late" in found.set_aside


def test_a_round_with_another_rebalance_is_set_aside():
    (found,) = model.rounds(killed_leader(group_stored(16.5, 3, "BCD", "B")))
    assert found.set_aside == "the group was rebalanced 2 times"


def test_a_history_that_does_not_tell_its_settings_is_refused():
    with pytest.raises(LabError, match="does not state its settings"):
        model.rounds(History(begun()))


TAKEN_OVER = {"noticed": 5.2, "told": 0.5, "regrouped": 0.1, "assigned": 0.05, "ticked": 1.15}


def rounds(*events, end=60):
    return model.rounds(History([*begun(), *events, ended(end)], ABOUT))


def after_kill(*events, lateness=()):
    """A is killed at 10 s; what happens then is for each test to say."""
    history = History([*begun(), killed(10, "A"), *events, ended(60)], ABOUT)
    (found,) = model.rounds(history, lateness)
    return found


def without(kind):
    return [event for event in taken_over() if type(event).__name__ != kind]


def test_a_timer_may_tick_every_second():
    assert predicted("kill", 6, 1, 1) == (5, 8)


def test_a_fault_without_a_formula_is_told_those_that_have_one():
    with pytest.raises(ValueError, match=r"but for kill and interrupt$"):
        Settings(6, 1, 2).predicted_steps("freeze")


def test_a_round_begins_with_its_fault():
    assert after_kill(*taken_over()).history_s == 10


# Which faults begin a round


def test_the_end_of_the_run_is_no_failover():
    assert rounds(ending(10), interrupted(10, "A")) == []


def test_a_leader_of_half_a_second_is_a_leader():
    history = History([started(0, "A"), assigned(1, "A", True), killed(1.5, "A"), ended(9)], ABOUT)
    assert len(model.rounds(history)) == 1


def test_a_worker_that_does_not_lead_ends_no_round_before_it_has_begun():
    (found,) = rounds(killed(5, "C"), killed(10, "A"), gave_up(15.2, "A"), *taken_over())
    assert found.took == pytest.approx(TAKEN_OVER)


def test_a_failover_that_the_next_fault_comes_before_is_not_told_in_full():
    (found,) = rounds(killed(10, "A"), killed(12, "C"), *taken_over())
    assert found.took == {}


def test_one_failover_after_the_other():
    first, second, third = rounds(
        *(killed(10, "A"), gave_up(15.2, "A"), *taken_over()),
        *(interrupted(30, "B"), left(30.2, "B"), noticed(30.5, "C"), group_stored(31, 3, "C", "C")),
        *(assigned(31.5, "C", True), published(33, "C")),
        killed(50, "C"),
    )
    assert first.took == pytest.approx(TAKEN_OVER)
    assert list(second.took.values()) == pytest.approx([0.2, 0.3, 0.5, 0.5, 1.5])
    assert third.took == {}


# Where a step ends


def test_what_others_do_at_the_very_moment_of_the_fault_does_not_answer_it():
    early = assigned(10, "B", True), published(10, "B")
    assert after_kill(*early, gave_up(15.2, "A"), *taken_over()).took == pytest.approx(TAKEN_OVER)


def test_a_greeting_at_the_very_end_of_the_run_completes_the_failover():
    assert after_kill(*taken_over(), ending(17)).took["ticked"] == pytest.approx(1.15)


@pytest.mark.parametrize(
    ("time", "ticked"),
    [(10.5 - LOGGED_LATE_S, 1.5), (10.45, 0), (10.52, 0.02)],
    ids=["too early", "just before", "just after"],
)
def test_a_worker_may_publish_a_moment_before_its_log_tells_that_it_leads(time, ticked):
    events = group_stored(10.4, 2, "BC", "B"), assigned(10.5, "B", True)
    took = after_kill(*events, published(time, "B"), published(12, "B")).took
    assert took["ticked"] == pytest.approx(ticked)


@pytest.mark.parametrize("kind", ["PartitionsAssigned", "Published", "GroupStored"])
def test_without_one_of_its_marks_a_failover_is_not_told_in_full(kind):
    assert after_kill(*without(kind)).took == {}


def test_where_nobody_logs_that_it_heard_they_knew_when_the_generation_was_stored():
    took = after_kill(gave_up(15.2, "A"), *without("RebalanceNoticed")).took
    assert (took["told"], took["regrouped"]) == (pytest.approx(0.6), 0)


def test_one_that_hears_at_the_moment_of_storing_still_hears():
    late = noticed(15.8, "C"), *taken_over()
    assert after_kill(*late).took["regrouped"] == 0


def test_a_goodbye_counts_only_after_the_fault_and_only_of_the_leader():
    for goodbye in (left(10, "A"), left(12, "C")):
        (found,) = rounds(interrupted(10, "A"), goodbye, *taken_over())
        assert found.took["noticed"] == pytest.approx(5.7)


# What counts as part of a round


def test_generations_count_from_after_the_fault_to_the_first_greeting():
    for time, generations in [(10, 1), (10.1, 2), (17, 2), (17.1, 1)]:
        found = after_kill(*taken_over(), group_stored(time, 3, "BC", "B"))
        assert found.generations == generations


def test_a_round_that_is_not_told_in_full_counts_its_generations_to_the_next_fault():
    assert after_kill(*without("Published")).generations == 1


@pytest.mark.parametrize(("at", "counts"), [(9.9, 0), (10, 1), (18, 1), (18.1, 0)])
def test_lateness_counts_from_the_fault_to_a_second_after_the_first_greeting(at, counts):
    assert after_kill(*taken_over(), lateness=[(at, 0.7)]).late_s == 0.7 * counts


def test_the_settings_of_a_round_are_those_of_its_history():
    assert after_kill(*taken_over()).settings == SIX
