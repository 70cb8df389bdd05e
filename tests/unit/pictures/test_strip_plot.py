"""Measured values in groups: every value a mark, with medians, spreads and predictions."""

import math
from xml.etree import ElementTree

import pytest
from drawings import assert_within, drawn, number

from electionlab import Distribution
from electionlab.pictures.drawing.svg import WIDTH
from electionlab.pictures.strip_plot import FEWEST_IN_A_BOX

GROUPS = {"Ctrl+C": [0.4, 0.9, 1.1, 1.3, 2.0], "kill -9": [5.2, 6.1, 6.4, 7.7], "frozen": [6.0]}
PREDICTED = {"Ctrl+C": (0.0, 1.5), "kill -9": (5.0, 8.0)}
CHARTS = {
    "plain": Distribution(GROUPS),
    "predicted": Distribution(GROUPS, predicted=PREDICTED, limit=9.5),
    "empty": Distribution({}),
    "an empty group": Distribution({"none": [], "some": [1.0, 2.0]}, predicted={"none": (0, 3)}),
    "one value": Distribution({"one": [0.003]}),
    "zeros": Distribution({"zero": [0.0, 0.0]}),
    "ten groups": Distribution({f"session {n} s": [n, n + 1.5] * 50 for n in range(6, 16)}),
    "a long name": Distribution({"x" * 200: [3.0]}),
    "large": Distribution({"hours": [3600.0, 7200.0, 86400.0]}, limit=90000),
}
each = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)


def picture(chart):
    return ElementTree.fromstring(chart.svg())


def middle(found):
    return number(found, "cx")


# Values


@pytest.mark.parametrize("odd", [math.nan, math.inf, -0.1])
def test_what_is_no_measured_value_is_an_error(odd):
    with pytest.raises(ValueError, match="finite"):
        Distribution({"a": [odd]})


def test_a_prediction_needs_its_group():
    with pytest.raises(ValueError, match="without a group: b"):
        Distribution({"a": [1.0]}, predicted={"b": (0, 1)})


def test_values_outside_of_the_prediction_are_counted():
    chart = CHARTS["predicted"]
    assert [chart.outside(name) for name in GROUPS] == [1, 0, 0]


# The picture


@each
def test_the_picture_is_well_formed_and_within_its_bounds(chart):
    root = picture(chart)
    assert root.get("aria-label")
    assert root.get("viewBox").startswith(f"0 0 {WIDTH} ")
    assert_within(root)


def test_the_picture_says_in_words_what_was_measured_and_what_lies_outside():
    assert picture(CHARTS["predicted"]).get("aria-label") == (
        "Ctrl+C: 5 values, median 1.10 s (0.40 to 2.00), predicted 0.00 to 1.50, 1 outside. "
        "kill -9: 4 values, median 6.25 s (5.20 to 7.70), predicted 5.00 to 8.00, none outside. "
        "frozen: 1 value, median 6.00 s (6.00 to 6.00). Limit: 9.5 s."
    )


@each
def test_each_value_has_a_mark_and_each_group_a_median(chart):
    root = picture(chart)
    assert len(drawn(root, "circle", "value")) == sum(map(len, chart.groups.values()))
    filled = [values for values in chart.groups.values() if values]
    assert len(drawn(root, "line", "median")) == len(filled)
    boxed = [values for values in filled if len(values) >= FEWEST_IN_A_BOX]
    assert len(drawn(root, "rect", "interval")) == len(boxed)
    words = [found.text for found in root.iter("text")]
    assert ("quantiles 25% to 75%" in words) == bool(boxed)
    names = [found.text for found in root.findall("text[@font-weight]")]
    assert names == list(chart.groups)


@each
def test_the_axis_has_a_few_round_marks(chart):
    marks = [found for found in picture(chart).findall("text") if found.get("text-anchor")]
    marks = [found.text for found in marks if found.get("text-anchor") == "middle"]
    assert marks[0] == "0 s"
    assert 2 <= len(marks) <= 12


def test_marks_lie_where_their_values_are():
    marks = sorted(map(middle, drawn(picture(Distribution({"a": [1, 2, 4]})), "circle", "value")))
    assert marks[2] - marks[1] == pytest.approx(2 * (marks[1] - marks[0]), abs=0.3)


def test_equal_values_do_not_hide_each_other():
    heights = {
        found.get("cy") for found in drawn(picture(Distribution({"a": [1] * 5})), "circle", "value")
    }
    assert len(heights) == 5


def test_a_prediction_is_a_bracket_as_wide_as_its_range():
    chart = Distribution({"a": [2.0, 4.0]}, predicted={"a": (2.0, 4.0)})
    root = picture(chart)
    (bracket,) = drawn(root, "path", "predicted")
    low, high = sorted(map(middle, drawn(root, "circle", "value")))
    assert bracket.get("d").startswith(f"M{low:.1f} ")
    assert f"H{high:.1f}V" in bracket.get("d")
    assert "predicted" in [found.text for found in root.iter("text")]
    assert "predicted" not in [found.text for found in picture(CHARTS["plain"]).iter("text")]


def test_the_box_goes_from_the_first_quartile_to_the_third():
    chart = Distribution({"a": [*map(float, range(9))]})
    assert chart.table().rows == [["a", "9", "0.00", "2.00", "4.00", "6.00", "8.00"]]
    root = picture(chart)
    assert "quantiles 25% to 75%" in [found.text for found in root.iter("text")]
    (box,), marks = drawn(root, "rect", "interval"), drawn(root, "circle", "value")
    low, *_, high = map(middle, marks)
    assert number(box, "width") == pytest.approx((high - low) / 2, abs=0.2)


def test_the_limit_is_a_line_with_its_value():
    root = picture(CHARTS["predicted"])
    assert len(drawn(root, "line", "limit")) == 1
    assert "limit 9.5 s" in [found.text for found in root.iter("text")]
    assert not drawn(picture(CHARTS["plain"]), "line", "limit")


# Words and table


def test_the_words_tell_each_group():
    assert repr(CHARTS["predicted"]) == (
        "Ctrl+C: 5 values, median 1.10 s (0.40 to 2.00), predicted 0.00 to 1.50, 1 outside. "
        "kill -9: 4 values, median 6.25 s (5.20 to 7.70), predicted 5.00 to 8.00, none outside. "
        "frozen: 1 value, median 6.00 s (6.00 to 6.00). Limit: 9.5 s."
    )
    assert repr(CHARTS["empty"]) == "Nothing was measured."
    assert repr(CHARTS["an empty group"]).startswith("none: no values. some: 2 values")


def test_the_table_has_a_row_for_each_group():
    told = CHARTS["predicted"].table()
    heads = ["group", "values", "least (s)", "25%", "median", "75%", "most", "predicted", "outside"]
    assert told.heads == heads
    assert told.rows[0][:3] == ["Ctrl+C", "5", "0.40"]
    assert told.rows[0][-2:] == ["0.00 to 1.50", "1"]
    assert told.rows[2][-2:] == ["-", "0"]
    assert CHARTS["an empty group"].table().rows[0][:4] == ["none", "0", "-", "-"]


def test_the_figure_is_well_formed_and_escaped():
    page = Distribution({"<a>": [1.0]}, caption="a < b")._repr_html_()
    root = ElementTree.fromstring(page)
    assert root.get("class") == "lab-figure distribution"
    assert root.findtext("figcaption") == "a < b"
    assert "<a>" in [found.text for found in root.iter("text")]
