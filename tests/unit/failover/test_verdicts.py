"""Whether failovers follow the settings: each verdict as readers see it."""

import pytest
from histories import assigned, ended, frozen, group_stored, joined, killed, started, thawed

from electionlab.checks import Verdict
from electionlab.failover import verdicts
from electionlab.failover.model import Round, Settings, predicted
from electionlab.failover.recordings import Recorded
from electionlab.history.history import History

SIX = Settings(6, 1, 2)
SLOW_TIMER = Settings(6, 1, 4)
STEPS = "After kill, each step of a failover takes as long as the settings say."


def took(late_s=0.0, generations=1, settings=SIX, **steps):
    """A failover after a kill, as quick as the settings allow but for some steps."""
    quickest = {"noticed": 5.0, "told": 0.0, "regrouped": 0.0, "assigned": 0.0, "ticked": 0.0}
    return Round("kill", settings, {**quickest, **steps}, late_s, generations, 10.0)


def judged(*rounds):
    return verdicts.follows_the_settings(rounds, "kill")


# Each step


def test_steps_within_their_ranges_keep_the_promise():
    assert judged(took(told=0.5), took(ticked=2.25)) == Verdict(
        STEPS,
        "held",
        "2 rounds, no wait further than 0.25 s outside of its range, no work longer than 0.00 s.",
        (),
        {"rounds": 2, "set_aside": 0, "late": 0, "furthest_s": 0.25, "work_s": 0},
    )


def test_each_step_that_is_too_far_off_is_told_with_its_range():
    verdict = judged(took(told=1.5), took(), took(regrouped=1.25), took(noticed=4.5))
    assert verdict == Verdict(
        STEPS,
        "broken",
        "3 steps in 4 rounds too far outside.",
        (
            "6 / 1 / 2 s, at 10.0 s: told after 1.50 s, predicted 0 to 1 s",
            "6 / 1 / 2 s, at 10.0 s: regrouped after 1.25 s, predicted 0 to 0 s",
            "6 / 1 / 2 s, at 10.0 s: noticed after 4.50 s, predicted 5 to 6 s",
        ),
        {"rounds": 4, "set_aside": 0, "late": 0, "furthest_s": 0.5, "work_s": 1.25},
    )


TOO_LATE = "6 / 1 / 2 s, at 10.0 s: set aside, the machine woke something up 2.00 s too late"
TWO_REBALANCES = "6 / 1 / 2 s, at 10.0 s: set aside, the group was rebalanced 2 times"


def test_rounds_that_are_set_aside_are_told_with_the_reason():
    assert judged(took(2.0), took()) == Verdict(
        STEPS,
        "held",
        "1 round, 1 set aside, no wait further than 0.00 s outside of its range, "
        "no work longer than 0.00 s.",
        (TOO_LATE,),
        {"rounds": 1, "set_aside": 1, "late": 1, "furthest_s": 0, "work_s": 0},
    )
    broken = judged(took(2.0), took(told=1.5))
    assert broken.finding == "1 step in 1 round too far outside, 1 set aside."


def test_a_machine_that_was_too_slow_in_all_rounds_tells_nothing():
    assert judged(took(2.0), took(2.0)) == Verdict(
        STEPS,
        "unknown",
        "This machine was too slow for 2 rounds to prove anything.",
        (TOO_LATE, TOO_LATE),
        {"rounds": 0, "set_aside": 2, "late": 2, "furthest_s": 0, "work_s": 0},
    )


def test_without_a_round_nothing_is_known():
    figures = {"rounds": 0, "set_aside": 0, "late": 0, "furthest_s": 0, "work_s": 0}
    assert judged() == Verdict(STEPS, "unknown", "There was no round.", (), figures)


def test_most_rounds_on_a_machine_that_is_fast_enough_have_to_be_plain_failovers():
    twice = took(generations=2)
    assert judged(took(2.0), twice, twice, took()) == Verdict(
        STEPS,
        "broken",
        "2 of 3 rounds were no plain failover on a machine fast enough.",
        (TOO_LATE, TWO_REBALANCES, TWO_REBALANCES),
        {"rounds": 1, "set_aside": 3, "late": 1, "furthest_s": 0, "work_s": 0},
    )
    assert judged(twice, took()).outcome == "held"


def test_rounds_after_another_fault_do_not_count():
    other = Round("interrupt", SIX, {"noticed": 9.0, "told": 9.0})
    assert judged(other).finding == "There was no round."


def test_a_step_may_lie_outside_by_as_much_as_the_machine_was_late():
    late = took(told=1.4, late_s=0.2)
    assert verdicts.follows_the_settings([late], "kill").outcome == "held"


def test_one_step_too_long_is_not_hidden_by_another_too_short():
    hidden = took(noticed=3.5, told=2.5)
    assert predicted("kill", 6, 1, 2)[0] <= hidden.total_s
    assert verdicts.follows_the_settings([hidden], "kill").outcome == "broken"


@pytest.mark.parametrize("strange", [took(generations=2), Round("kill", SIX, {})])
def test_most_rounds_have_to_be_plain_failovers_unless_the_machine_was_slow(strange):
    few = verdicts.follows_the_settings([took(), took(), strange], "kill")
    assert few.outcome == "held"
    assert few.figures["set_aside"] == 1
    most = verdicts.follows_the_settings([took(), strange, strange], "kill")
    assert most.outcome == "broken"
    assert "2 of 3 rounds were no plain failover" in most.finding
    assert strange.set_aside in most.evidence[0]


# From setting to setting

GROW = "A longer heartbeat and a slower timer make for longer waits."


def test_the_longest_waits_are_told_by_their_settings():
    rounds = [took(ticked=1.5), *[took(ticked=1)] * 5]
    rounds += [took(settings=SLOW_TIMER, ticked=3.0, told=0.75)] * 6
    assert verdicts.waits_grow(rounds) == Verdict(
        GROW,
        "held",
        "The longest waits: told, heartbeat 1 s: 0.75 s; ticked, timer 2 s: 1.50 s; ticked, timer "
        "4 s: 3.00 s.",
        (),
        {"told_1_s": 0.75, "ticked_2_s": 1.5, "ticked_4_s": 3},
    )


@pytest.mark.parametrize(
    ("longest_s", "outcome"), [(1.75, "broken"), (2, "broken"), (2.25, "held")]
)
def test_a_slower_timer_makes_for_a_wait_that_the_quicker_one_does_not_allow(longest_s, outcome):
    rounds = [took(ticked=1.5)] * 6 + [took(settings=SLOW_TIMER, ticked=longest_s)] * 6
    assert verdicts.waits_grow(rounds).outcome == outcome


def test_rounds_that_are_set_aside_and_settings_with_few_rounds_are_left_out():
    aside = [took(2.0, settings=SLOW_TIMER, ticked=9.0)] * 6
    few = [took(settings=Settings(6, 1, 8), ticked=1.0)] * 5
    assert verdicts.waits_grow([took(ticked=1.5)] * 6 + aside + few).figures == {
        "told_1_s": 0,
        "ticked_2_s": 1.5,
    }
    assert verdicts.waits_grow(few) == Verdict(GROW, "unknown", "The longest waits: none.")


def test_waits_that_do_not_grow_are_found_although_they_lie_within_their_ranges():
    short = [took(ticked=1.9)] * 6 + [took(settings=SLOW_TIMER, ticked=1.9)] * 6
    assert verdicts.follows_the_settings(short, "kill").outcome == "held"
    assert verdicts.waits_grow(short).outcome == "broken"
    assert verdicts.waits_grow([*short, took(settings=SLOW_TIMER, ticked=2.1)]).outcome == "held"
    assert verdicts.waits_grow(short[1:]).outcome == "unknown"


# A recorded run in place of a machine that is too slow

RUN = Recorded(
    date="2026-11-23",
    machine="2 cores",
    command="",
    versions={"kafka": "4.3.0", "faust-streaming": "1", "aiokafka": "2"},
    rounds=[took()],
)


def test_the_recorded_run_decides_with_its_evidence_and_figures():
    recorded = judged(took(2.0), took(told=1.5))
    live = judged(took(2.0))
    assert verdicts.or_recorded(live, recorded, RUN, RUN.versions) == Verdict(
        STEPS,
        "broken",
        "This machine was too slow for 1 round to prove anything. As recorded on 2026-11-23: "
        "1 step in 1 round too far outside, 1 set aside.",
        recorded.evidence,
        recorded.figures,
    )


def test_a_recorded_run_of_other_versions_decides_nothing_and_the_live_evidence_stands():
    live = judged(took(2.0))
    other = {**RUN.versions, "kafka": "5", "aiokafka": "3"}
    assert verdicts.or_recorded(live, judged(took()), RUN, other) == Verdict(
        STEPS,
        "unknown",
        "This machine was too slow for 1 round to prove anything. The run recorded on "
        "2026-11-23 had kafka 4.3.0 instead of 5, aiokafka 2 instead of 3.",
        (TOO_LATE,),
        {"rounds": 0, "set_aside": 1, "late": 1, "furthest_s": 0, "work_s": 0},
    )


ABOUT_LIVE = {**RUN.versions, "python": "3.12", "settings": ""}


def decided(*live, about=ABOUT_LIVE):
    """What becomes of live rounds beside a recorded run that held."""
    held = verdicts.follows_the_settings(RUN.rounds, "kill").expect("held")
    return verdicts.or_recorded(verdicts.follows_the_settings(live, "kill"), held, RUN, about)


def test_a_slow_machine_proves_nothing_and_the_recorded_run_decides():
    told = decided(took(late_s=2, told=9))
    assert told.outcome == "held"
    assert "too slow" in told.finding
    assert "As recorded on 2026-11-23" in told.finding


def test_a_recorded_run_of_other_versions_decides_nothing():
    told = decided(took(late_s=2), about={**ABOUT_LIVE, "aiokafka": "3"})
    assert told.outcome == "unknown"
    assert "had aiokafka 2 instead of 3" in told.finding


def test_a_live_verdict_is_never_replaced():
    assert decided(took(told=9)).outcome == "broken"
    assert decided(*[took(generations=2)] * 5).outcome == "broken"
    assert decided(Round("kill", SIX, {})).outcome == "broken"


def test_a_broken_live_verdict_stands_beside_a_round_on_a_slow_machine():
    told = decided(took(told=9), took(late_s=2))
    assert told.outcome == "broken"
    assert told.figures["late"] == 1


def test_no_rounds_are_no_slow_machine():
    told = decided()
    assert told.outcome == "unknown"
    assert told.finding == "There was no round."


# Freezes

STANDS_STILL = "A leader that stands still loses leadership if that lasts longer than its session."
ABOUT = {"settings": " ".join(f"{name}={value}" for name, value in SIX.environment().items())}
STAYED = "frozen for 3.00 s of a session of 6 s: leadership stayed, 0 rebalances"
MOVED = "frozen for 8.00 s of a session of 6 s: leadership moved, 1 rebalance"


A_LEADS = group_stored(1, 1, "AB", leader="A")


def freezes(*events, group=(A_LEADS,)):
    """A leads in the broker's eyes, in a group with B."""
    run = [started(0, "A"), started(0, "B"), joined(1, "A", 1), joined(1, "B", 1), *group]
    return verdicts.freezes_follow_the_session(History([*run, *events, ended(60)], ABOUT))


def to_b(time):
    return group_stored(time, 2, "B", leader="B")


def test_freezes_are_told_with_what_became_of_leadership():
    verdict = freezes(
        *(frozen(10, "A"), thawed(13, "A"), frozen(30, "A"), to_b(35)),
        thawed(38, "A"),
    )
    figures = {"longest_s": 8, "moves": 1}
    assert verdict == Verdict(STANDS_STILL, "held", f"{STAYED}; {MOVED}.", (STAYED, MOVED), figures)


def test_who_took_over_from_a_frozen_leader_is_told_with_its_line():
    lead = assigned(35.1, "B", True, line=9)
    told = freezes(frozen(30, "A"), to_b(35), lead, thawed(38, "A")).evidence
    assert told[1].startswith("35.100 s, worker B, line 9 of its log")
    assert (told[1].worker, told[1].time) == ("B", lead.time)
    late = assigned(39, "B", True, line=9)
    assert len(freezes(frozen(30, "A"), to_b(35), thawed(38, "A"), late).evidence) == 1


def test_one_freeze_that_does_not_follow_breaks_the_promise_whatever_others_do():
    kept = frozen(10, "A"), thawed(13, "A")
    assert freezes(*kept, frozen(20, "A"), to_b(21), thawed(23, "A")).outcome == "broken"
    stays = frozen(20, "A"), thawed(28, "A"), frozen(30, "A"), thawed(38, "A")
    assert freezes(*kept, *stays).outcome == "broken"


@pytest.mark.parametrize(
    ("seconds", "moves", "outcome"),
    [
        (3, False, "held"),
        (3, True, "broken"),
        (5, True, "broken"),
        (5.1, True, "unknown"),
        (5.5, False, "unknown"),
        (7, False, "unknown"),
        (7.1, False, "broken"),
        (7.1, True, "held"),
        (8, False, "broken"),
        (8, True, "held"),
    ],
)
def test_what_lasts_about_as_long_as_the_session_decides_nothing(seconds, moves, outcome):
    moved = [to_b(12)] if moves else []
    assert freezes(frozen(10, "A"), *moved, thawed(10 + seconds, "A")).outcome == outcome


@pytest.mark.parametrize(
    ("time", "rebalances"),
    [(10, "0 rebalances"), (11, "1 rebalance"), (13, "1 rebalance"), (14, "0 rebalances")],
)
def test_rebalances_count_while_the_leader_stands_still(time, rebalances):
    verdict = freezes(frozen(10, "A"), thawed(13, "A"), group_stored(time, 2, "A", leader="A"))
    assert verdict.finding.endswith(f"leadership stayed, {rebalances}.")


def test_leadership_stays_if_it_moved_in_no_freeze():
    def stays(*events):
        run = [started(0, "A"), joined(1, "A", 1), joined(1, "B", 1), A_LEADS]
        return verdicts.stays(History([*run, *events, ended(60)], ABOUT))

    kept = frozen(10, "A"), thawed(13, "A")
    assert stays(*kept) == "held"
    assert stays(*kept, frozen(20, "A"), to_b(21), thawed(23, "A")) == "broken"
    assert stays(frozen(10, "B"), thawed(18, "B")) == "unknown"


def test_a_freeze_of_another_worker_does_not_hide_the_leaders():
    frozen_b = frozen(5, "B"), thawed(6, "B")
    assert freezes(*frozen_b, frozen(10, "A"), thawed(13, "A")).finding == f"{STAYED}."


def test_a_freeze_of_a_worker_that_does_not_lead_decides_nothing():
    assert freezes(frozen(10, "B"), thawed(18, "B")) == Verdict(
        STANDS_STILL, "unknown", "No leader was frozen.", (), {"longest_s": 0, "moves": 0}
    )


def test_a_freeze_of_whom_the_broker_does_not_know_to_lead_decides_nothing():
    assert freezes(frozen(10, "A"), thawed(18, "A"), group=()).outcome == "unknown"
    assert freezes(killed(5, "B")).outcome == "unknown"
