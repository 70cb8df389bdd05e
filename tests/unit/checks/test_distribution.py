"""Any worker that has a partition of the greetings prints some, and each has one."""

import pytest
from histories import (
    DATA,
    ending,
    exited,
    frozen,
    given,
    interrupted,
    killed,
    left,
    printed,
    revoked,
    run_of,
    started,
    thawed,
)

from electionlab import checks
from electionlab.checks import Verdict
from electionlab.checks.distribution import idle
from electionlab.history import events as ev
from electionlab.history.history import History

ANY = "Any running worker may print a greeting."
HALVES = (given(1, "A", 0), given(1, "B", 1))
HALF_TO_C = (given(1, "A", 0, 1), given(1, "B", 2, 3), given(1, "C", 7, 4, 6, 5))


def spread(printers, *events, workers="AB"):
    """Greetings, two a second from 2 s on, each printed by the next of the printers."""
    prints = [printed(2 + number / 2, name, str(number)) for number, name in enumerate(printers)]
    return checks.greetings_spread(run_of(*events, *prints, workers=workers))


def test_who_printed_is_counted():
    assert spread("AABA" * 2, *HALVES) == Verdict(
        ANY,
        "held",
        "Of 8 prints: A printed 6, B printed 2. 2 of 2 workers that had partitions did.",
        ("worker A: 6", "worker B: 2"),
        {"greetings": 8, "workers": 2, "able": 2, "share_largest": 0.75, "left_out": 0},
    )


def test_one_printer_of_few_greetings_is_not_any_running_worker():
    assert spread("AAAAA", *HALVES) == Verdict(
        ANY,
        "broken",
        "Of 5 prints: A printed 5, B printed 0. 1 of 2 workers that had partitions did.",
        ("worker A: 5", "worker B: 0, which may be chance: it had partitions while 5 were printed"),
        {"greetings": 5, "workers": 1, "able": 2, "share_largest": 1, "left_out": 0},
    )


def test_a_worker_that_is_left_out_is_told_with_its_partitions():
    # C has half of the partitions: 20 greetings that all go to others are no chance.
    assert spread("AB" * 10, *HALF_TO_C, workers="ABC") == Verdict(
        ANY,
        "broken",
        "Of 20 prints: A printed 10, B printed 10, C printed 0. 2 of 3 workers that had partitions "
        "did.",
        ("worker A: 10", "worker B: 10", "worker C: 0, of partitions 4, 5, 6, 7"),
        {"greetings": 20, "workers": 2, "able": 3, "share_largest": 0.5, "left_out": 1},
    )


def test_a_worker_that_printed_none_by_chance_leaves_it_open():
    verdict = spread("AB" * 4, *HALF_TO_C, workers="ABC")
    assert (verdict.outcome, verdict.figures["left_out"]) == ("unknown", 0)
    assert verdict.evidence[2] == (
        "worker C: 0, which may be chance: it had partitions while 8 were printed"
    )


def test_a_worker_that_was_given_no_partition_is_told_with_what_was_printed_meanwhile():
    third = given(1, "A", 0, 1), given(1, "B", 2, 3), given(1, "C")
    verdict = spread("AB" * 3, *third, workers="ABC")
    assert (verdict.outcome, verdict.figures["left_out"]) == ("broken", 1)
    assert verdict.evidence[2] == "worker C: 0, for it had no partition while 6 were printed"
    assert spread("AB" * 2 + "A", *third[:2], given(2.6, "C"), workers="ABC").outcome == "held"


@pytest.mark.parametrize(
    ("printers", "workers", "finding"),
    [
        ("AABA", "AB", "4 greetings and 2 workers are too few."),
        ("AAAAA", "A", "5 greetings and 1 worker are too few."),
    ],
)
def test_few_greetings_or_one_worker_tell_nothing(printers, workers, finding):
    assert spread(printers, workers=workers) == Verdict(ANY, "unknown", finding)


@pytest.mark.parametrize(
    "events",
    [[revoked(1.5, "C")], [exited(1.5, "C")], [frozen(1, "C"), thawed(30, "C")]],
    ids=["gave them back", "ended", "stood still all the time"],
)
def test_a_worker_is_not_left_out_while_it_could_not_print(events):
    assert spread("AB" * 10, *HALF_TO_C, *events, workers="ABC").outcome == "held"


def test_a_worker_that_came_back_and_prints_none_is_left_out_again():
    again = exited(1.2, "C"), started(1.3, "C"), given(1.5, "C", 4, 5, 6, 7)
    assert spread("AB" * 10, *HALF_TO_C, *again, workers="ABC").outcome == "broken"


def test_partitions_that_another_worker_gave_back_excuse_nothing():
    assert spread("AB" * 10, *HALF_TO_C, revoked(3, "B"), workers="ABC").outcome == "broken"


# each_worker_has_partitions


def test_a_worker_that_came_back_and_was_given_nothing_is_told():
    history = run_of(
        *(given(1, "A", 0, 1), given(1, "B", 2, 3), exited(5, "B"), started(6, "B")),
        *(given(7, "A", 0, 1, 2, 3), given(7, "B"), given(20, "A", 0, 1), given(20, "B", 2, 3)),
        end=30,
    )
    verdict = checks.each_worker_has_partitions(history).expect("broken")
    assert verdict.figures == {"idle": 1, "total_s": 13, "longest_s": 13, "workers": 1}
    assert verdict.evidence == ("7.000 to 20.000 s: B had none for 13.00 s",)


def test_one_that_has_none_at_the_end_still_waits():
    history = run_of(given(1, "A", 0, 1, 2), given(7, "B"), end=30)
    verdict = checks.each_worker_has_partitions(history).expect("broken")
    assert verdict.evidence == ("7.000 to 30.000 s: B had none for 23.00 s and on",)


def test_what_comes_after_the_end_of_the_run_is_no_waiting():
    events = given(1, "A", 0, 1), given(1, "B", 2), ending(10), given(11, "B")
    checks.each_worker_has_partitions(run_of(*events, end=30)).expect("held")


def test_more_workers_than_partitions_leave_one_without():
    events = given(1, "A", 0), given(1, "B"), given(1, "C")
    history = run_of(*events, workers="ABC", end=30)
    checks.each_worker_has_partitions(history).expect("held")


def test_where_nobody_was_given_any_nothing_is_known():
    checks.each_worker_has_partitions(History([given(1, "A")])).expect("unknown")


def test_each_of_five_workers_on_eight_partitions_came_back_to_nothing():
    history = History.load(DATA / "five-workers.jsonl")
    verdict = checks.each_worker_has_partitions(history).expect("broken")
    assert verdict.figures["workers"] == 5
    restarts = {event.worker: event.time for event in history.of(ev.WorkerStarted)}
    for (start, _), worker in idle(history):
        assert start > restarts[worker]


@pytest.mark.parametrize(
    ("events", "waited"),
    [
        ([killed(9, "B"), exited(12, "B")], (5, 9)),  # the kill ends it, not our seeing its exit
        ([started(9, "B"), given(10, "B", 1), exited(12, "B")], (5, 9)),  # an exit seen late
        ([left(9, "B"), exited(12, "B")], (5, 9)),
        ([interrupted(9, "B"), exited(12, "B")], (5, 12)),  # it stays until it leaves or ends
        ([given(9, "B", 1), exited(12, "B")], (5, 9)),
    ],
    ids=["killed", "started again", "left", "interrupted", "given some"],
)
def test_a_worker_waits_for_partitions_until(events, waited):
    history = run_of(given(1, "A", 0, 1), given(5, "B"), *events)
    assert idle(history) == [(waited, "B")]


def test_four_greetings_or_one_worker_are_too_few_to_judge_the_spread():
    four = [printed(time, "AB"[time % 2], str(time)) for time in range(4)]
    assert checks.greetings_spread(History(four)).outcome == "unknown"
    many = [printed(time, "A", str(time)) for time in range(9)]
    assert checks.greetings_spread(History(many)).outcome == "unknown"


def test_the_share_of_the_busiest_worker_is_told():
    events = [printed(time, "A" if time else "B", str(time)) for time in range(5)]
    verdict = checks.greetings_spread(History(events))
    assert verdict.outcome == "held"
    assert verdict.figures == {
        **{"greetings": 5, "workers": 2, "able": 2},
        **{"share_largest": 0.8, "left_out": 0},
    }
    assert verdict.finding == (
        "Of 5 prints: A printed 4, B printed 1. 2 of 2 workers that had partitions did."
    )


def spread_over_three(count, *events):
    """A and B print in turn; each of three workers has partitions."""
    held = [given(0, "A", 0, 1, 2), given(0, "B", 3, 4, 5), given(0, "C", 6, 7)]
    prints = [printed(1 + number, "AB"[number % 2], str(number)) for number in range(count)]
    return checks.greetings_spread(History([*held, *prints, *events]))


def test_a_worker_that_has_partitions_and_prints_none_is_told():
    verdict = spread_over_three(199)
    assert verdict.outcome == "broken"
    assert verdict.evidence[2] == "worker C: 0, of partitions 6, 7"
    assert verdict.figures["left_out"] == 1


def test_few_greetings_may_leave_a_worker_out_by_chance():
    verdict = spread_over_three(20)
    assert verdict.outcome == "unknown"
    assert verdict.finding.endswith("C printed 0. 2 of 3 workers that had partitions did.")
    assert verdict.evidence[2] == (
        "worker C: 0, which may be chance: it had partitions while 20 were printed"
    )


def test_a_worker_that_was_frozen_or_had_no_partitions_for_long_is_not_left_out():
    for event in frozen(2, "C"), given(2, "C"):
        verdict = spread_over_three(199, event)
        assert verdict.outcome == "unknown"
        assert verdict.figures["left_out"] == 0


def test_a_worker_that_never_had_a_partition_cannot_print():
    verdict = spread_over_three(199, given(0, "C"))
    assert verdict.outcome == "broken"
    assert verdict.figures["able"] == 2
    assert verdict.evidence[2] == "worker C: 0, for it had no partition while 199 were printed"


def test_whoever_was_frozen_all_the_time_says_nothing_of_the_others():
    assert spread_over_three(199, frozen(0, "C")).outcome == "held"
