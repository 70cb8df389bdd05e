"""Which sentence a page shows for a verdict, and how it is shown."""

import pytest
from histories import recorded, stale_run
from IPython.core.formatters import DisplayFormatter

from electionlab import checks
from electionlab.checks import Verdict, says
from electionlab.errors import LabError
from electionlab.history.history import History

SENTENCES = {
    "held": "One led.",
    "broken": "Two led for {overlap_s:.1f} s.",
    "unknown": "*Nobody* led.",
}


def judged(outcome, **figures):
    return Verdict("At most one leads.", outcome, "Found.", ("first", "second"), figures)


def test_the_outcome_chooses_the_sentence():
    assert says(judged("held"), **SENTENCES) == "One led."
    assert says(judged("unknown"), **SENTENCES) == "*Nobody* led."


def test_a_sentence_has_the_figures_of_its_verdict():
    assert says(judged("broken", overlap_s=5.019), **SENTENCES) == "Two led for 5.0 s."
    assert says(checks.at_most_one_leader(recorded()), **SENTENCES) == "Two led for 5.0 s."


def test_a_run_without_a_leader_has_the_sentence_for_unknown():
    nobody = checks.at_most_one_leader(History([]))
    assert says(nobody, **SENTENCES) == "*Nobody* led."


@pytest.mark.parametrize("outcome", ["held", "broken", "unknown"])
def test_an_outcome_alone_chooses_and_leaves_its_sentence_as_it_is(outcome):
    assert says(outcome, **{outcome: "In {braces}."}) == "In {braces}."


def test_an_outcome_without_a_sentence_is_an_assertion_error_with_the_evidence():
    with pytest.raises(AssertionError) as caught:
        says(judged("broken"), held="One led.", unknown="Nobody led.")
    assert str(caught.value) == (
        "Expected held or unknown, and it is broken: At most one leads.\nFound.\nfirst\nsecond"
    )
    with pytest.raises(AssertionError, match="Expected held, and it is broken: This outcome was"):
        says("broken", held="One led.")


def test_an_empty_sentence_is_one():
    assert says(judged("held"), held="", broken="Two led.") == ""


def test_a_figure_that_the_verdict_does_not_have_is_named():
    with pytest.raises(LabError) as caught:
        says(judged("broken", longest_s=1.0, cut_s=0.0), **SENTENCES)
    assert str(caught.value) == (
        "A sentence needs the figure overlap_s. The verdict has longest_s, cut_s: "
        "At most one leads."
    )
    with pytest.raises(LabError, match="The verdict has none: At most one leads"):
        says(judged("broken"), **SENTENCES)


def test_notebooks_and_pages_show_markdown_and_terminals_the_same_words():
    data, _ = DisplayFormatter().format(says(judged("unknown"), **SENTENCES))
    assert data == {"text/markdown": "*Nobody* led.", "text/plain": "*Nobody* led."}


def test_a_sentence_about_two_leaders_is_not_said_of_a_run_with_one():
    broken = checks.at_most_one_leader(History(stale_run()))
    with pytest.raises(AssertionError, match="and it is broken: At most one worker leads"):
        says(broken, held="One led at any time.")
