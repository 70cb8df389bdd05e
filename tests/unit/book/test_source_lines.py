"""What pages quote of Faust and aiokafka is what is installed."""

import importlib.metadata

import pytest

from electionlab.book.source_lines import quoted
from electionlab.errors import LabError

IS_LEADER = "faust.assignor.leader_assignor:LeaderAssignor.is_leader"
LINE = "return self._leader_tp in self.app.consumer.assignment()"


def test_a_line_is_quoted_with_its_place_and_the_version():
    quotation = quoted(IS_LEADER, LINE)
    version = importlib.metadata.version("faust-streaming")
    place = "faust/assignor/leader_assignor.py"
    assert quotation.lines == (LINE,)
    assert repr(quotation) == (
        f"{place}, line {quotation.number}, in LeaderAssignor.is_leader "
        f"(faust-streaming {version}):\n    {LINE}"
    )
    markdown = quotation._repr_markdown_()
    assert markdown.startswith(f"`{place}`, line {quotation.number}, in ")
    assert markdown.endswith(f"\n\n```python\n{LINE}\n```")
    module = importlib.metadata.distribution("faust-streaming").locate_file(place)
    assert module.read_text(encoding="utf-8").splitlines()[quotation.number - 1].strip() == LINE


def test_lines_that_follow_one_another_keep_their_indentation_below_the_first():
    lines = "if offset and offset > 0:", "self._fetcher.seek_to(tp, offset)"
    quotation = quoted("aiokafka.consumer.consumer:AIOKafkaConsumer.seek_to_committed", *lines)
    assert quotation.lines == (lines[0], f"    {lines[1]}")
    assert quotation.distribution == "aiokafka"


@pytest.mark.parametrize(
    ("function", "line", "message"),
    [
        (IS_LEADER, "return True", "no longer the lines"),
        (IS_LEADER, "def __init__(self, app: AppT, **kwargs: Any) -> None:", "no longer the lines"),
        (IS_LEADER + "s", LINE, "no faust.assignor"),
        ("faust.assignor.nothing:is_leader", LINE, "no faust.assignor.nothing"),
    ],
)
def test_what_is_not_there_is_an_error(function, line, message):
    with pytest.raises(LabError, match=message):
        quoted(function, line)
