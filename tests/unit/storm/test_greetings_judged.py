"""Which greetings of a storm need a cause that were lost or printed again, and which have one."""

import dataclasses

from histories import (
    assigned,
    committed,
    printed,
    revoked,
    sound_run,
    stored,
)
from storms import begun, causes, found, judged, over

from electionlab import checks
from electionlab.history.history import History
from electionlab.host.folders import PROJECT
from electionlab.storm import delivery_breaches, judge


def test_a_greeting_lost_without_a_commit_fails_the_storm():
    judgement = judged(stored(19.5, "0.lost", 8))
    assert found(judgement) == {"no_greeting_is_lost"}
    assert "nobody committed past it" in judgement.findings[0].words


def test_a_greeting_that_was_committed_past_is_lost_as_well():
    rebalance = revoked(19.4, "B"), assigned(19.6, "B", True)
    judgement = judged(stored(19.5, "0.lost", 8), committed(19.8, 9), *rebalance)
    assert found(judgement) == {"no_greeting_is_lost"}
    assert "it was committed past at 19.800 s" in judgement.findings[0].words


def fresh(event):
    """The same in a partition of which nothing has been committed."""
    return dataclasses.replace(event, partition=1)


AROUND = stored(19.1, "0.lost", 8), stored(19.7, "0.next", 9), committed(19.8, 10)
BY_B = printed(19.75, "B", "0.next")
REBALANCE = revoked(19.4, "B"), assigned(19.6, "B", True)


def test_a_greeting_that_a_rebalance_dropped_is_what_faust_is_known_for():
    around = *map(fresh, AROUND), BY_B
    judgement = judged(*around, *REBALANCE)
    assert "no_greeting_is_lost" not in found(judgement)
    assert causes(judgement, checks.no_greeting_is_lost) == {"rebalance before the print": 1}
    # Without the rebalance nothing explains it.
    assert found(judged(*around)) >= {"no_greeting_is_lost"}


def test_a_rebalance_does_not_explain_a_loss_where_something_had_been_committed():
    assert found(judged(*AROUND, BY_B, *REBALANCE)) >= {"no_greeting_is_lost"}
    early = fresh(committed(19.3, 8)), fresh(committed(19.5, 8))
    assert found(judged(*map(fresh, AROUND), BY_B, *REBALANCE, early[0])) >= {"no_greeting_is_lost"}
    assert not found(judged(*map(fresh, AROUND), BY_B, *REBALANCE, early[1]))


def test_the_greeting_that_was_recorded_as_lost_is_explained():
    history = History.load(PROJECT / "docs" / "recorded" / "lost-greeting.jsonl")
    told = [breach.cause for breach in delivery_breaches.never_printed(history)]
    assert told == ["rebalance before the print", "", ""]


def test_a_greeting_printed_again_before_its_commit_is_explained():
    # Printed by A at 8.1 s for the first time; B is given the partitions at 12 s.
    again = [printed(12.3, "B", "0.2"), committed(8.2, 2)]
    judgement = judge.judge(
        History(
            [
                *(e for e in sound_run()),
                *(begun(8.9, 1), over(13.2, 1), committed(19.2, 8), *again),
            ]
        )
    )
    assert judgement.passed
    assert causes(judgement, checks.each_greeting_printed_once) == {
        "rebalance before the commit": 1
    }


def test_a_greeting_printed_again_after_its_commit_fails_the_storm():
    judgement = judged(printed(12.3, "B", "0.2"))
    assert found(judgement) == {"each_greeting_printed_once"}


def test_a_greeting_printed_twice_out_of_nothing_fails_the_storm():
    judgement = judged(printed(14, "B", "0.4"))
    assert found(judgement) == {"each_greeting_printed_once"}


def test_a_greeting_printed_by_two_owners_at_once_fails_the_storm():
    # A prints what B printed, and has had its partitions since long before: both own them.
    judgement = judged(printed(4.3, "A", "0.1"))
    assert found(judgement) == {"each_greeting_printed_once"}


def test_a_greeting_stored_twice_explains_one_more_print_and_no_third():
    twice = [stored(15.3, "0.5", 9), printed(15.4, "B", "0.5"), committed(15.5, 10)]
    judgement = judged(*twice, printed(15.6, "B", "0.5"))
    assert causes(judgement, checks.each_greeting_printed_once) == {"stored twice": 1, "": 1}


def test_a_greeting_stored_twice_may_be_printed_twice():
    judgement = judged(stored(15.3, "0.5", 9), printed(15.4, "B", "0.5"), committed(15.5, 10))
    assert judgement.passed
    assert causes(judgement, checks.each_greeting_printed_once) == {"stored twice": 1}
