"""A newsroom's headlines, and what it says before and after its one crawl; nothing is started."""

import pytest
from histories import ended, started

from electionlab.crawler.newsroom import Newsroom, headlines
from electionlab.errors import LabError
from electionlab.history import events as ev
from electionlab.history.history import History


def said(time, worker, text):
    return ev.Logged(time=time, worker=worker, level="WARNING", text=text)


FIRST = said(2, "A", "NEW: The school is back (http://a.test/1)")
SECOND = said(3, "A", "NEW: A bakery moves (http://a.test/2)")
LATE = said(2.5, "B", "NEW: The mayor asks for patience (http://b.test/1)")


def seen(*lines):
    return History([started(0, "A"), started(0, "B"), *lines, ended(9)])


def test_headlines_are_the_new_articles_in_the_order_of_time():
    lines = [SECOND, said(2.7, "A", "GIVEN UP: http://c.test/: no articles on it"), LATE, FIRST]
    assert headlines(seen(*sorted(lines, key=lambda e: e.time))) == [FIRST, LATE, SECOND]


def test_a_line_that_is_read_late_is_shown_and_no_other_one_again():
    """Another worker's log may be read a moment later, with a line from before what was shown."""
    shown = set(headlines(seen(FIRST, SECOND)))
    assert shown == {FIRST, SECOND}
    assert headlines(seen(FIRST, LATE, SECOND), shown) == [LATE]


def test_a_newsroom_is_for_one_crawl():
    room = Newsroom({"count": 3})
    assert room.title == "a newsroom with 3 sources"
    with pytest.raises(LabError, match="one experiment"):
        room.recover()


def test_a_newsroom_that_never_started_can_be_stopped():
    room = Newsroom({"count": 3})
    room.stop()
    assert room.histories == {}
