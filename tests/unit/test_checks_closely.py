"""What a check must not take for a breach, and what it must not overlook."""

import pytest
from literal import (
    GREETINGS_TOPIC,
    assigned,
    broker_killed,
    committed,
    cut,
    ended,
    ending,
    exited,
    frozen,
    group_stored,
    healed,
    joined,
    killed,
    printed,
    published,
    started,
    stored,
    thawed,
)

from electionlab import checks
from electionlab import events as ev
from electionlab.checks import greetings
from electionlab.history import History

# Who leads when


@pytest.mark.parametrize(
    ("early_s", "outcome"), [(0.005, "held"), (0.099, "held"), (0.2, "broken")]
)
def test_a_publish_just_before_the_gain_is_logged_is_the_leaders(early_s, outcome):
    history = History([started(0, "A"), published(5 - early_s, "A"), assigned(5, "A", True)])
    assert checks.only_the_leader_publishes(history).outcome == outcome


def test_a_publish_just_before_the_gain_is_logged_is_the_successors_first():
    run = [started(0, "A"), started(0, "B"), assigned(1, "A", True), killed(4, "A")]
    run += [published(9.995, "B"), assigned(10, "B", True), published(12, "B"), ended(20)]
    verdict = checks.new_leader_after_each_loss(History(run))
    assert verdict.figures["longest_s"] == pytest.approx(5.995)
    (move,) = checks.moves(History(run))
    assert move.published.time == 9.995


def test_a_killed_leader_may_publish_until_the_signal_is_sent():
    kill = ev.WorkerKilled(time=5, worker="A", effective=5.02)
    history = History([started(0, "A"), assigned(1, "A", True), kill, published(5.01, "A")])
    assert checks.only_the_leader_publishes(history).outcome == "held"


def test_two_of_three_leaders_that_run_are_acting():
    history = History(
        [
            *(assigned(0, "A", True), frozen(5, "A"), assigned(10, "B", True)),
            *(assigned(15, "C", True), thawed(35, "A"), ended(35)),
        ]
    )
    assert checks.at_most_one_leader(history).figures["acting_s"] == 20


def test_views_that_differ_are_told_with_the_part_that_was_frozen():
    history = History(
        [
            *(started(0, "A"), joined(1, "A", 1), group_stored(1, 1, "A", leader="A")),
            *(assigned(1, "A", True), frozen(5, "A"), group_stored(10, 2)),
            *(thawed(16.1, "A"), assigned(17.1, "A", False), ended(20)),
        ]
    )
    verdict = checks.views_agree(history)
    assert verdict.figures["longest_s"] == pytest.approx(7.1)
    assert verdict.figures["acting_s"] == pytest.approx(1)
    assert verdict.finding == (
        "They differed for 7.10 s in all (6.10 s of it frozen), for 7.10 s at a time."
    )
    assert "A in its own eyes (6.10 s of it frozen), the broker's" in verdict.evidence[0]


# Successors


def after_the_kill(*events):
    """A leads and is killed at 10 s; B runs on."""
    run = [started(0, "A"), started(0, "B"), assigned(1, "A", True), killed(10, "A")]
    history = History([*run, exited(10, "A"), *events, ended(700)])
    return checks.new_leader_after_each_loss(history)


def newcomer(begun, *events):
    """C is started, and leads and publishes 5 s later."""
    led = [assigned(begun + 4, "C", True), published(begun + 5, "C")]
    return after_the_kill(started(begun, "C"), *led, *events)


def test_a_newcomer_long_after_is_no_successor_while_another_worker_idles():
    verdict = newcomer(600)
    assert verdict.outcome == "broken"
    assert "only C, started later, published after it" in verdict.evidence[0]


@pytest.mark.parametrize(
    "events",
    [[killed(300, "B"), exited(300, "B")], [cut(300, "B"), healed(310, "B")], [broker_killed(300)]],
    ids=["ended", "cut off", "without a broker"],
)
def test_a_newcomer_is_a_successor_if_no_other_worker_could_take_over(events):
    assert newcomer(600, *events).outcome == "held"


def test_a_newcomer_that_is_started_soon_is_a_successor():
    assert newcomer(15).outcome == "held"


# The interval


def leaders(*lines, over=100):
    """Each line: worker, begin and end of its leadership, its publishes."""
    events = []
    for worker, begin, end, times in lines:
        events += [assigned(begin, worker, True), assigned(end, worker, False)]
        events += [published(time, worker) for time in times]
    return checks.publishes_at_interval(History([*events, ending(over), ended(over)]))


def test_one_leader_at_another_interval_is_not_hidden_by_the_others():
    verdict = leaders(
        ("A", 0, 23, range(2, 23, 2)),
        ("B", 23, 75, range(30, 75, 10)),
    )
    assert verdict.outcome == "broken"
    assert verdict.figures["median_s"] == 10
    assert [line.split(":")[0] for line in verdict.evidence] == [
        "A, from 0.000 s",
        "B, from 23.000 s",
    ]


def test_short_leaderships_are_judged_together():
    assert leaders(("A", 0, 7, (2, 4, 6)), ("B", 8, 13, (8, 10, 12))).outcome == "held"
    assert leaders(("A", 0, 7, (2, 6)), ("B", 8, 17, (8, 12, 16))).outcome == "broken"


def test_silence_up_to_the_end_is_the_longest_and_is_not_judged():
    verdict = leaders(("A", 0, 60, (2, 4, 6, 8)))
    assert (verdict.outcome, verdict.figures["longest_s"]) == ("held", 52)
    assert leaders(("A", 0, 60, (2, 4, 6, 8)), over=13).figures["longest_s"] == 5


# The broker's log, read in part


def read_in_part(before_the_end_s):
    """Two workers join generation 2, which the broker's log does not have."""
    run = [started(0, "A"), started(0, "B"), joined(1, "A", 1), assigned(1, "A", True)]
    run += [group_stored(1, 1, "A", leader="A"), published(2, "A"), stored(2.001, "0.1")]
    run += [ev.WitnessFailed(time=3, worker="kafka", asked="journal", why="gone")]
    run += [joined(9, "A", 2), assigned(9, "A", True), joined(9, "B", 2), assigned(9, "B", False)]
    return History([*run, published(10, "A"), ended(9 + before_the_end_s)])


PARTLY = (
    checks.broker_knows_one_leader,
    checks.no_stale_publishes,
    checks.views_agree,
    checks.one_effective_publisher,
)


@pytest.mark.parametrize("check", PARTLY)
def test_a_log_that_was_read_in_part_does_not_tell(check):
    verdict = check(read_in_part(20))
    assert verdict.outcome == "unknown"
    assert "read up to generation 1 only" in verdict.finding


@pytest.mark.parametrize("check", PARTLY)
def test_what_was_joined_just_before_the_end_may_not_be_read_yet(check):
    assert check(read_in_part(2)).outcome == "held"


def test_a_breach_in_the_part_that_was_read_stands():
    two = group_stored(1.5, 1, "AB", leader="A", holders="AB")
    history = History([*read_in_part(20), two])
    assert checks.broker_knows_one_leader(history).outcome == "broken"


# Greetings


def test_a_greeting_is_lost_once_somebody_commits_past_it():
    run = [group_stored(0, 1, "A", leader="A"), stored(1, "a", 0), stored(2, "b", 1)]
    run += [printed(3, "A", "a"), committed(4, 1)]
    verdict = checks.no_greeting_is_lost(History(run))
    assert verdict.outcome == "held"
    assert verdict.figures == {"stored": 2, "lost": 0, "waiting": 1}
    assert checks.each_greeting_printed_once(History(run)).outcome == "held"
    history = History([*run, committed(5, 2)])
    assert checks.no_greeting_is_lost(history).figures == {"stored": 2, "lost": 1, "waiting": 0}
    assert checks.each_greeting_printed_once(history).figures["lost"] == 1


def test_where_the_commits_were_read_in_part_what_was_not_printed_is_lost():
    history = History([*read_in_part(20), committed(2.5, 0)])
    assert [event.greeting for event in greetings.lost(history)] == ["0.1"]


def given(time, worker, *numbers):
    return ev.PartitionsAssigned(time=time, worker=worker, partitions={GREETINGS_TOPIC: numbers})


def spread(count, *events):
    """A and B print in turn; each of three workers has partitions."""
    held = [given(0, "A", 0, 1, 2), given(0, "B", 3, 4, 5), given(0, "C", 6, 7)]
    prints = [printed(1 + number, "AB"[number % 2], str(number)) for number in range(count)]
    return checks.greetings_spread(History([*held, *prints, *events]))


def test_a_worker_that_has_partitions_and_prints_none_is_told():
    verdict = spread(199)
    assert verdict.outcome == "broken"
    assert verdict.evidence[2] == "worker C: 0, of partitions 6, 7"
    assert verdict.figures["left_out"] == 1


def test_few_greetings_may_leave_a_worker_out_by_chance():
    assert spread(20).outcome == "held"


def test_a_worker_that_was_frozen_or_had_no_partitions_is_not_left_out():
    assert spread(199, frozen(2, "C")).outcome == "held"
    assert spread(199, given(2, "C")).outcome == "held"
