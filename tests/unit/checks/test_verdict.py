"""What a verdict says and refuses, and the verdicts on the recorded run."""

import pytest
from histories import (
    assigned,
    exited,
    joined,
    killed,
    published,
    recorded,
    run_of,
    stale_run,
)

from electionlab import checks
from electionlab.checks import Verdict
from electionlab.checks.verdict import Evidence
from electionlab.history.history import History

VERDICT = Verdict("A <claim>.", "broken", "1 < 2 & so.", ("<first>", "second"), {"n": 1})


def test_an_expected_outcome_gives_the_verdict_back():
    assert VERDICT.expect("broken") is VERDICT
    assert VERDICT.expect("held", "broken") is VERDICT


def test_an_unexpected_outcome_is_an_assertion_error_with_claim_and_evidence():
    with pytest.raises(AssertionError) as caught:
        VERDICT.expect("held", "unknown")
    told = str(caught.value)
    assert told.startswith("Expected held or unknown, and it is broken: A <claim>.\n")
    assert told.endswith("1 < 2 & so.\n<first>\nsecond")


def test_a_verdict_as_html_is_escaped():
    page = VERDICT._repr_html_()
    assert 'class="verdict verdict-broken"' in page
    assert "A &lt;claim&gt;. 1 &lt; 2 &amp; so." in page
    assert "<li>&lt;first&gt;</li><li>second</li>" in page
    assert "<claim>" not in page
    assert "<first>" not in page


def test_evidence_knows_what_it_tells_of():
    stranger = published(7.00049, "B", line=12)
    (evidence,) = checks.only_the_leader_publishes(run_of(stranger)).evidence
    assert evidence == "7.000 s, worker B, line 12 of its log"
    assert (evidence.time, evidence.worker, evidence.line) == (7.00049, "B", 12)
    assert evidence.cause == ""


def test_evidence_of_a_loss_and_of_a_move_has_its_cause():
    events = [killed(9, "A"), exited(9.5, "A"), joined(12, "B", 2), assigned(12, "B", True)]
    history = run_of(joined(1, "A", 1), *events, published(13, "B"))
    (loss,) = checks.new_leader_after_each_loss(history).evidence
    (move,) = checks.leader_moved_only_for_a_reason(history).evidence
    assert [(told.time, told.worker, told.cause) for told in (loss, move)] == [
        (9, "A", "kill -9"),
        (12, "B", "kill -9"),
    ]


def test_a_verdict_has_the_time_of_the_first_evidence_that_has_one():
    evidence = ("the whole", Evidence("of all"), Evidence("then", time=7.5), Evidence("x", time=1))
    assert Verdict("Claim.", "broken", "Found.", evidence).time == 7.5
    assert VERDICT.time is None
    assert Verdict("Claim.", "held", "Found.").time is None


CHECKS_OF_TIMES = (
    *(checks.at_most_one_leader, checks.views_agree, checks.no_stale_publishes),
    *(checks.new_leader_after_each_loss, checks.leader_moved_only_for_a_reason),
    *(checks.always_a_leader, checks.broker_knows_one_leader, checks.group_leader_leads),
)


@pytest.mark.parametrize("check", CHECKS_OF_TIMES, ids=lambda check: check.__name__)
@pytest.mark.parametrize("history", [recorded(), History(stale_run())], ids=["recorded", "stale"])
def test_each_piece_of_evidence_has_a_time_within_the_history(check, history):
    for evidence in check(history).evidence:
        assert history.start <= evidence.time <= history.end, evidence


def test_a_verdict_without_evidence_has_none_to_open():
    assert "<details>" not in Verdict("Claim.", "held", "Found.")._repr_html_()


def test_a_verdict_as_text_has_its_evidence_below():
    assert str(VERDICT) == "✗ broken: A <claim>. 1 < 2 & so.\n    <first>\n    second"


# The recorded run


@pytest.mark.parametrize(
    ("check", "outcome"),
    [
        (checks.only_the_leader_publishes, "held"),
        (checks.publishes_at_interval, "held"),
        (checks.at_most_one_leader, "broken"),
        (checks.new_leader_after_each_loss, "held"),
        (checks.each_greeting_printed_once, "broken"),
        (checks.greetings_spread, "held"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_the_recorded_run_is_judged(check, outcome):
    check(recorded()).expect(outcome)


def test_the_recorded_run_had_two_leaders_because_one_was_frozen():
    verdict = checks.at_most_one_leader(recorded())
    assert len(verdict.evidence) == 1
    assert verdict.figures["overlap_s"] == pytest.approx(5.019, abs=0.001)
    assert verdict.figures["acting_s"] == pytest.approx(0.051, abs=0.001)


def test_the_recorded_run_lost_three_leaders_and_no_greeting():
    losses = checks.new_leader_after_each_loss(recorded())
    assert losses.figures["losses"] == 3
    assert losses.figures["longest_s"] == pytest.approx(7.911, abs=0.001)
    greetings = checks.each_greeting_printed_once(recorded())
    assert greetings.figures == {"stored": 17, "printed": 26, "lost": 0, "waiting": 0, "twice": 8}
