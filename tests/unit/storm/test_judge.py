"""A storm is judged: what has a cause passes, what has none fails. Histories made by hand."""

import pytest
from histories import (
    assigned,
    broker_killed,
    broker_started,
    committed,
    cut,
    ended,
    exited,
    frozen,
    group_stored,
    healed,
    joined,
    killed,
    printed,
    published,
    sound_run,
    started,
    thawed,
)
from storms import begun, causes, found, judged, over

from electionlab import checks
from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.storm import breaches, judge


def test_a_sound_storm_passes():
    judgement = judged()
    assert judgement.findings == ()
    assert judgement.passed
    assert causes(judgement, checks.leader_moved_only_for_a_reason) == {"kill -9": 1}


@pytest.mark.parametrize("kind", judge.NEEDED)
def test_a_storm_that_was_not_watched_does_not_pass(kind):
    judgement = judged(without=kind)
    assert [f.words for f in judgement.findings if f.check == "history"] == [
        f"It cannot be judged: {judge.NEEDED[kind]}."
    ]


def test_a_leader_that_never_comes_back_fails_the_storm():
    judgement = judged(begun(14, 2), over(18, 2, "nobody leads"))
    assert found(judgement) == {"recovers_after_each_round"}
    assert "round 2: nobody leads" in judgement.findings[0].words


def test_an_election_that_never_began_fails_the_storm():
    events = [*sound_run(), committed(8.2, 4), committed(19.2, 8), over(19.3, 0, "nobody leads")]
    judgement = judge.judge(History(events))
    assert found(judgement) == {"recovers_after_each_round"}
    assert "round 0: nobody leads" in judgement.findings[0].words


def test_an_invariant_of_which_nothing_is_known_fails_the_storm():
    judgement = judged(without=ev.Published)
    assert "only_the_leader_publishes" in found(judgement)


def test_a_storm_may_lose_no_leader():
    calm = [started(0, "A"), joined(1, "A", 1), assigned(1, "A", True), ended(20)]
    judgement = judge.judge(History([*calm, group_stored(1, 1, "A", leader="A")]))
    assert "new_leader_after_each_loss" not in found(judgement)


def test_time_in_which_nobody_lives_is_no_time_without_a_leader_on_either_side():
    history = History(
        [
            *(started(0, "A"), assigned(1, "A", True), exited(4, "A"), started(30, "A")),
            *(assigned(32, "A", True), ended(40)),
        ]
    )
    assert checks.always_a_leader(history).outcome == "held"
    assert list(breaches.no_leader(history)) == []


def two_leaders(*faults):
    """C, which nothing else is about, believes to lead in the dead A's generation up to 18 s."""
    return judged(
        *(started(0, "C"), joined(1, "C", 1), assigned(12.4, "C", True), exited(21, "C")),
        *faults,
    )


def test_two_leaders_without_a_cause_fail_the_storm():
    judgement = two_leaders()
    assert "at_most_one_leader" in found(judgement)
    assert causes(judgement, checks.at_most_one_leader) == {"": 1}


def test_two_leaders_are_explained_by_a_fault_of_the_older_one():
    # B leads from 12 s and is the older one; it is frozen when C begins to.
    judgement = two_leaders(frozen(12.2, "B"), thawed(12.8, "B"))
    assert causes(judgement, checks.at_most_one_leader) == {"freeze": 1}


def test_two_leaders_are_explained_by_an_outage():
    judgement = two_leaders(broker_killed(12.1), broker_started(12.2))
    assert causes(judgement, checks.at_most_one_leader) == {"outage": 1}


def test_a_fault_of_the_younger_leader_explains_nothing():
    judgement = two_leaders(cut(12.2, "C"), healed(12.8, "C"))
    assert causes(judgement, checks.at_most_one_leader) == {"": 1}


def test_a_fault_long_over_explains_nothing():
    judgement = two_leaders(frozen(1, "B"), thawed(2, "B"))
    assert causes(judgement, checks.at_most_one_leader) == {"": 1}


def test_a_rebalance_reaches_its_members_one_after_the_other():
    # Generation 3 takes leadership from B to C; C hears of it 0.2 s before B does.
    judgement = judged(
        *(started(13.5, "C"), group_stored(15.5, 3, "BC", leader="C"), exited(21, "C")),
        *(joined(15.5, "C", 3), assigned(15.5, "C", True)),
        *(joined(15.7, "B", 3), assigned(15.7, "B", False)),
    )
    assert causes(judgement, checks.at_most_one_leader) == {"rebalance on its way": 1}


def moved(*faults):
    """C is given leadership at 14 s, and B, which has not noticed, gets it back at 16 s."""
    return judged(
        *(started(12.5, "C"), exited(21, "C"), group_stored(14, 3, "C", leader="C")),
        *(joined(14, "C", 3), assigned(14, "C", True)),
        *(group_stored(16, 4, "BC", leader="B"), joined(16, "B", 4), assigned(16, "B", True)),
        *(joined(16, "C", 4), assigned(16, "C", False), *faults),
    )


def test_moves_without_a_cause_fail_the_storm():
    judgement = moved()
    # From A to B, to C, and back.
    assert causes(judgement, checks.leader_moved_only_for_a_reason) == {"kill -9": 1, "": 2}
    assert "leader_moved_only_for_a_reason" in found(judgement)


def test_a_leader_that_returns_may_take_leadership_back():
    judgement = moved(frozen(12.9, "B"), thawed(15.5, "B"))
    assert causes(judgement, checks.leader_moved_only_for_a_reason) == {
        "kill -9": 1,
        "freeze": 1,
        "the leader returns": 1,
    }


def test_a_publish_of_an_expelled_worker_needs_a_fault():
    stale = [started(0, "C"), joined(1, "C", 1), assigned(1.1, "C", True), published(14, "C")]
    more = [*stale, exited(21, "C"), cut(8, "C"), healed(14.5, "C")]
    assert causes(judged(*more), checks.no_stale_publishes) == {"cut": 1}
    judgement = judged(*stale, exited(21, "C"))
    assert causes(judgement, checks.no_stale_publishes) == {"": 1}
    assert "no_stale_publishes" in found(judgement)


def test_a_worker_that_ends_by_itself_needs_a_fault():
    worker = [started(3, "C"), exited(17, "C", 1)]
    judgement = judged(*worker)
    assert found(judgement) == {"nobody_ends_by_itself"}
    assert judged(*worker, cut(15, "C")).passed
    assert judged(started(3, "C"), killed(17, "C"), exited(17, "C", 137)).passed
    # What was done to its last life is no cause.
    last_life = [started(1, "C"), killed(2, "C"), exited(2.5, "C", 137)]
    assert not judged(*last_life, started(3, "C"), exited(3.5, "C", 1)).passed


def test_a_publish_of_a_worker_that_does_not_lead_fails_the_storm_whatever_was_done():
    judgement = judged(frozen(6, "B"), thawed(6.9, "B"), published(7, "B"))
    assert "only_the_leader_publishes" in found(judgement)


def test_two_holders_in_one_generation_fail_the_storm():
    judgement = judged(group_stored(19.9, 3, "BC", leader="B", holders="BC"))
    assert {"broker_knows_one_leader", "one_leader_in_each_generation"} <= found(judgement)


def test_the_table_counts_breaches_by_cause():
    table = repr(judged(printed(12.3, "B", "0.2")).table())
    (row,) = [line for line in table.splitlines() if line.startswith("each_greeting_printed_once")]
    assert row.split() == ["each_greeting_printed_once", "broken", "1", "NOTHING", "(1)"]


def test_a_storm_whose_lost_leader_had_no_successor_fails():
    lost = [started(0, "A"), started(0, "B"), assigned(1, "A", True), killed(5, "A")]
    judgement = judge.judge(History([*lost, exited(5, "A", 137), ended(40)]))
    assert "new_leader_after_each_loss" in found(judgement)


def test_a_time_belongs_to_the_round_that_began_last():
    history = History([begun(5, 1), over(8, 1), begun(10, 2), over(13, 2), begun(15, 3)])
    assert [judge.round_at(history, time) for time in (4, 5, 9, 10, 14, 15)] == [0, 1, 1, 2, 2, 3]
