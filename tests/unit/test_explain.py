"""A storm is judged: what has a cause passes, what has none fails. Histories made by hand."""

import itertools

import pytest
from literal import (
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
    left,
    printed,
    published,
    revoked,
    sound_run,
    started,
    stopping,
    stored,
    thawed,
)

from electionlab import breaches, checks, explain, report
from electionlab import events as ev
from electionlab.history import History
from electionlab.present import Present


def begun(time, number, what="kill"):
    return ev.RoundBegun(time=time, worker="lab", number=number, what=what)


def over(time, number, missing=""):
    return ev.RoundEnded(time=time, worker="lab", number=number, missing=missing)


def storm(*more, without=()):
    """The sound run, in which A is killed at 9 s, as a storm of one round; and more."""
    rounds = [begun(8.9, 1), over(13.2, 1), committed(8.2, 4), committed(19.2, 8)]
    events = [*sound_run(), *rounds, *more]
    return History([event for event in events if not isinstance(event, without)])


def judged(*more, **options):
    return explain.judge(storm(*more, **options))


def causes(judgement, check):
    (row,) = [row for row in judgement.rows if row.check == check.__name__]
    return dict(row.causes)


def found(judgement):
    return {finding.check for finding in judgement.findings}


def test_each_check_has_its_place():
    placed = {*explain.INVARIANTS, *explain.PROMISES, *explain.SHOWN}
    assert placed >= set(checks.ALL)
    assert len(placed) == len(explain.INVARIANTS) + len(explain.PROMISES) + len(explain.SHOWN)


def test_a_sound_storm_passes():
    judgement = judged()
    assert judgement.findings == ()
    assert judgement.passed
    assert causes(judgement, checks.leader_moved_only_for_a_reason) == {"kill -9": 1}


@pytest.mark.parametrize("kind", explain.NEEDED)
def test_a_storm_that_was_not_watched_does_not_pass(kind):
    judgement = judged(without=kind)
    assert [f.words for f in judgement.findings if f.check == "history"] == [
        f"It cannot be judged: {explain.NEEDED[kind]}."
    ]


def test_a_leader_that_never_comes_back_fails_the_storm():
    judgement = judged(begun(14, 2), over(18, 2, "nobody leads"))
    assert found(judgement) == {"recovers_after_each_round"}
    assert "round 2: nobody leads" in judgement.findings[0].words


def test_an_election_that_never_began_fails_the_storm():
    events = [*sound_run(), committed(8.2, 4), committed(19.2, 8), over(19.3, 0, "nobody leads")]
    judgement = explain.judge(History(events))
    assert found(judgement) == {"recovers_after_each_round"}
    assert "round 0: nobody leads" in judgement.findings[0].words


def test_an_invariant_of_which_nothing_is_known_fails_the_storm():
    judgement = judged(without=ev.Published)
    assert "only_the_leader_publishes" in found(judgement)


def test_a_storm_may_lose_no_leader():
    calm = [started(0, "A"), joined(1, "A", 1), assigned(1, "A", True), ended(20)]
    judgement = explain.judge(History([*calm, group_stored(1, 1, "A", leader="A")]))
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


# Two leaders


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


# Moves


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


# Greetings


def test_a_greeting_lost_without_a_commit_fails_the_storm():
    judgement = judged(stored(19.5, "0.lost", 8))
    assert found(judgement) == {"no_greeting_is_lost"}
    assert "nobody committed past it" in judgement.findings[0].words


def test_a_greeting_that_was_committed_past_is_lost_as_well():
    rebalance = revoked(19.4, "B"), assigned(19.6, "B", True)
    judgement = judged(stored(19.5, "0.lost", 8), committed(19.8, 9), *rebalance)
    assert found(judgement) == {"no_greeting_is_lost"}
    assert "it was committed past at 19.800 s" in judgement.findings[0].words


def test_a_greeting_printed_again_before_its_commit_is_explained():
    # Printed by A at 8.1 s for the first time; B is given the partitions at 12 s.
    again = [printed(12.3, "B", "0.2"), committed(8.2, 2)]
    judgement = explain.judge(
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


def test_a_publish_of_an_expelled_worker_needs_a_fault():
    stale = [started(0, "C"), joined(1, "C", 1), assigned(1.1, "C", True), published(14, "C")]
    more = [*stale, exited(21, "C"), cut(8, "C"), healed(14.5, "C")]
    assert causes(judged(*more), checks.no_stale_publishes) == {"cut": 1}
    judgement = judged(*stale, exited(21, "C"))
    assert causes(judgement, checks.no_stale_publishes) == {"": 1}
    assert "no_stale_publishes" in found(judgement)


# Workers that end, and what must never be


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


# What is told of it


def test_the_table_counts_breaches_by_cause():
    table = repr(judged(printed(12.3, "B", "0.2")).table())
    (row,) = [line for line in table.splitlines() if line.startswith("each_greeting_printed_once")]
    assert row.split() == ["each_greeting_printed_once", "broken", "1", "NOTHING", "(1)"]


def test_a_finding_is_told_with_its_round_saved_and_drawn(tmp_path, capsys):
    history = storm(printed(12.3, "B", "0.2"))
    judgement = explain.judge(history)
    saved = history.save(tmp_path / "storm.jsonl")
    report.tell(judgement, 20)
    report.tell_findings(history, judgement.findings, saved)
    told = capsys.readouterr().out
    assert "FAILED: 1 findings." in told
    assert "8 published, 8 stored, 0 lost, 1 printed repeatedly, 0 stale." in told
    assert "round 0, 6.100 s, each_greeting_printed_once:" in told
    assert (tmp_path / "storm.jsonl.svg").read_text().startswith("<svg")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"rounds": 0}, "A storm has one round or more, not 0."),
        ({"workers": 2}, "A storm has 3 to 5 workers, not 2."),
        ({"program": "calm"}, "There is no program examples/calm.py."),
    ],
)
def test_bad_input_starts_nothing(options, sentence, capsys):
    with pytest.raises(report.LabError, match=sentence):
        report.run(**{"rounds": 1, "seed": 1, **options})
    assert not capsys.readouterr().out


@pytest.mark.parametrize("option", ["save", "record"])
@pytest.mark.parametrize(
    ("place", "told"), [("none/storm.jsonl", "there is no folder"), (".", "it is a folder")]
)
def test_where_nothing_can_be_written_is_noticed_at_once(tmp_path, option, place, told):
    with pytest.raises(report.LabError, match=told):
        report.run(1, 1, **{option: tmp_path / place})


# How it stands at the moment


def test_the_present_follows_a_run_to_its_recovery():
    present, told = Present(), []
    for event in sorted(sound_run(), key=lambda event: event.time):
        present.feed([event])
        if 12 <= event.time <= 14:
            told.append(present.missing({"B"}, since=9.0))
    told = [words for words, _ in itertools.groupby(told)]
    assert told == [
        "B is in generation 1, the broker's is 2",
        "B has no partitions in generation 2",
        "B leads and has not published",
        "no greeting was printed",
        "",
    ]


def test_the_present_knows_two_leaders_and_strangers():
    present = Present()
    present.feed([group_stored(1, 1, "ABC", leader="A")])
    present.feed([joined(1, "A", 1), assigned(1.1, "A", True)])
    assert present.missing({"A", "B"}, 0).startswith("B is not in generation 1")
    present.feed([joined(1, "B", 1), assigned(1.2, "B", True)])
    assert present.missing({"A", "B"}, 0) == "generation 1 has 3 members, and 2 workers run"
    present.feed([joined(1, "C", 1), assigned(1.2, "C", False)])
    assert present.missing({"A", "B", "C"}, 0) == "B and A leads"
    assert present.leaders == ["B", "A"]


def test_without_the_brokers_log_nothing_has_recovered():
    assert Present().missing({"A"}, 0) == "no generation in the broker's log"


def test_who_leaves_the_group_without_a_stop_leads_on():
    present = Present()
    present.feed([joined(1, "A", 1), assigned(1, "A", True), left(2, "A")])
    assert present.leaders == ["A"]
    present.feed([stopping(3, "A"), left(3.1, "A")])
    assert present.leaders == []


def test_an_ended_worker_leads_no_longer():
    present = Present()
    present.feed([joined(1, "A", 1), assigned(1, "A", True), exited(2, "A")])
    assert present.leaders == []
    present.feed([ended(3)])
