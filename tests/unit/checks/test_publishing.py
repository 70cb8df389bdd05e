"""Who publishes, and how often: each verdict as readers see it."""

import pytest
from histories import (
    assigned,
    blocked,
    ended,
    ending,
    frozen,
    published,
    run_of,
    sound_run,
    started,
    thawed,
)

from electionlab import checks
from electionlab.checks import Verdict
from electionlab.history import events as ev
from electionlab.history.history import History

# Only the leader

ONLY = "Only the leader publishes."


def test_publishes_of_the_leader_are_counted_by_worker():
    assert checks.only_the_leader_publishes(
        run_of(published(3, "A"), published(5, "A"))
    ) == Verdict(
        ONLY,
        "held",
        "All 2 came from the worker that led at that time.",
        ("worker A: 2", "worker B: 0"),
        {"publishes": 2, "by_others": 0},
    )


def test_publishes_of_others_are_told_one_by_one():
    history = run_of(published(3, "A"), published(5, "B"), published(7, "B", line=9))
    assert checks.only_the_leader_publishes(history) == Verdict(
        ONLY,
        "broken",
        "2 of 3 came from a worker that did not lead.",
        ("5.000 s, worker B", "7.000 s, worker B, line 9 of its log"),
        {"publishes": 3, "by_others": 2},
    )


def test_without_a_publish_nothing_is_known_of_publishers():
    assert checks.only_the_leader_publishes(run_of()) == Verdict(
        ONLY, "unknown", "Nothing was published."
    )


# The interval

INTERVAL = "The leader publishes about every 2 s."


def interval(*times, others=()):
    return checks.publishes_at_interval(run_of(*(published(t, "A") for t in times), *others))


def test_an_interval_is_told_with_its_median_and_the_longest_silence():
    assert interval(2, 4, 6, 8, 11, others=[assigned(20, "A", False)]) == Verdict(
        INTERVAL,
        "held",
        "median 2.00 s (2.00 to 3.00 s, 4 times).",
        ("A, from 1.000 s: median 2.00 s (2.00 to 3.00 s, 4 times)",),
        {"median_s": 2, "longest_s": 9, "shortest_s": 2},
    )


def test_the_leadership_that_differs_most_decides_and_short_ones_are_judged_together():
    history = run_of(
        *(published(time, "A") for time in (2, 5, 8, 11)),
        *(assigned(12, "A", False), assigned(12, "B", True), published(13, "B")),
        *(published(15, "B"), assigned(16, "B", False), assigned(17, "A", True)),
        *(published(18, "A"), published(20, "A"), published(22, "A"), ending(23)),
    )
    assert checks.publishes_at_interval(history) == Verdict(
        INTERVAL,
        "broken",
        "A, from 1.000 s: median 3.00 s (3.00 to 3.00 s, 3 times).",
        (
            "A, from 1.000 s: median 3.00 s (3.00 to 3.00 s, 3 times)",
            "shorter leaderships: median 2.00 s (2.00 to 2.00 s, 3 times)",
        ),
        {"median_s": 3, "longest_s": 3, "shortest_s": 2},
    )


def test_too_few_gaps_are_counted():
    assert interval(2, 4, 6) == Verdict(INTERVAL, "unknown", "Too few: 2 gaps between greetings.")


def test_a_leader_that_falls_silent_at_once_is_silent_from_when_it_led():
    verdict = interval(2, 4, 6, 8, others=[assigned(9, "A", False), assigned(30, "A", True)])
    assert verdict.figures["longest_s"] == 10


@pytest.mark.parametrize(
    "pause", [[frozen(9, "A"), thawed(38, "A")], [blocked(9, "A", 29)]], ids=["frozen", "blocked"]
)
def test_a_silence_in_which_the_leader_stood_still_is_not_told(pause):
    assert interval(2, 4, 6, 8, others=pause).figures["longest_s"] == 2


def test_a_pause_of_another_worker_excuses_nothing():
    others = [frozen(9, "B"), thawed(38, "B"), blocked(9, "B", 9)]
    assert interval(2, 4, 6, 8, others=others).figures["longest_s"] == 32


def test_a_publish_just_before_the_gain_is_logged_begins_the_first_gap():
    times = [0.95, 2.95, 4.95, 6.95]
    assert interval(*times).evidence == (
        "A, from 1.000 s: median 2.00 s (2.00 to 2.00 s, 3 times)",
    )


def test_who_published_is_counted():
    verdict = checks.only_the_leader_publishes(History(sound_run()))
    assert verdict.evidence == ("worker A: 4", "worker B: 4")
    assert verdict.figures == {"publishes": 8, "by_others": 0}


def test_a_strangers_publish_is_told_with_its_log_line():
    history = History([started(0, "A"), assigned(1, "A", True), published(2, "B", line=77)])
    verdict = checks.only_the_leader_publishes(history)
    assert verdict.outcome == "broken"
    assert verdict.evidence == ("2.000 s, worker B, line 77 of its log",)
    assert verdict.figures == {"publishes": 1, "by_others": 1}


def publishing(*times, others=()):
    return History([assigned(0, "A", True), *(published(time, "A") for time in times), *others])


def test_the_median_gap_is_judged_and_a_single_long_one_is_shown():
    verdict = checks.publishes_at_interval(publishing(2, 4, 6, 8, 11))
    assert verdict.outcome == "held"
    assert verdict.figures == {"median_s": 2, "longest_s": 3, "shortest_s": 2}


@pytest.mark.parametrize(
    ("step", "outcome"), [(1.7, "broken"), (1.85, "held"), (2.15, "held"), (2.3, "broken")]
)
def test_the_interval_holds_within_a_tenth(step, outcome):
    times = [step * count for count in range(1, 6)]
    assert checks.publishes_at_interval(publishing(*times)).outcome == outcome


def test_two_gaps_are_too_few_to_judge():
    verdict = checks.publishes_at_interval(publishing(2, 4, 6))
    assert verdict.outcome == "unknown"
    assert "2 gaps" in verdict.finding


@pytest.mark.parametrize(
    "pause", [[frozen(7, "A"), thawed(19, "A")], [blocked(7, "A", 12)]], ids=["frozen", "blocked"]
)
def test_a_gap_in_which_the_leader_stood_still_does_not_count(pause):
    verdict = checks.publishes_at_interval(publishing(2, 4, 6, 20, 22, others=pause))
    assert verdict.figures["longest_s"] == 2
    assert verdict.outcome == "held"


def test_the_gap_from_one_leader_to_the_next_does_not_count():
    assert checks.publishes_at_interval(History(sound_run())).figures["longest_s"] == 2


def test_the_gap_between_two_leaderships_of_one_worker_does_not_count():
    others = [assigned(7, "A", False), assigned(20, "A", True)]
    verdict = checks.publishes_at_interval(publishing(2, 4, 6, 21, 23, others=others))
    assert verdict.figures["longest_s"] == 2


def test_another_interval_can_be_asked_for():
    verdict = checks.publishes_at_interval(publishing(5, 10, 15, 20), interval_s=5.0)
    assert verdict.outcome == "held"
    assert "every 5 s" in verdict.claim


@pytest.mark.parametrize(
    ("early_s", "outcome"), [(0.005, "held"), (0.099, "held"), (0.2, "broken")]
)
def test_a_publish_just_before_the_gain_is_logged_is_the_leaders(early_s, outcome):
    history = History([started(0, "A"), published(5 - early_s, "A"), assigned(5, "A", True)])
    assert checks.only_the_leader_publishes(history).outcome == outcome


def test_a_killed_leader_may_publish_until_the_signal_is_sent():
    kill = ev.WorkerKilled(time=5, worker="A", effective=5.02)
    history = History([started(0, "A"), assigned(1, "A", True), kill, published(5.01, "A")])
    assert checks.only_the_leader_publishes(history).outcome == "held"


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
