"""Logs of real workers, cut into records and parsed."""

import datetime
import re
import time

import pytest
from histories import DATA, GREETINGS_TOPIC, LEADER_TOPIC, LOGS

from electionlab.history import events as ev
from electionlab.history.worker_log import LogRecord, RecordReader, parse, records

each_log = pytest.mark.parametrize("log", LOGS, ids=lambda log: log.name)

TRACEBACK = """\
[2026-11-23 13:34:06,779] [7] [ERROR] [^----Agent]: Crashed
Traceback (most recent call last):
  File "leader.py", line 14, in say
    1 / 0

ZeroDivisionError: division by zero
[2026-11-23 13:34:06,780] [7] [INFO] Next
"""


def lines_of(log):
    return log.read_text(encoding="utf-8").splitlines(keepends=True)


def read(name):
    return [parse(record, "w") for record in records(lines_of(DATA / name))]


def at_line(name, line):
    (found,) = [event for event in read(name) if event.line == line]
    return found


def said(text, time=1.0):
    return parse(LogRecord(3, time, "WARNING", text), "w")


def test_there_are_five_recorded_logs():
    assert [log.name for log in LOGS] == [
        *("6066-2.log", "6066.log", "6067-2.log", "6067.log", "6068.log")
    ]


# Records


@each_log
def test_every_line_of_a_log_belongs_to_exactly_one_record(log):
    lines = lines_of(log)
    covered = []
    for record in records(lines):
        for offset, text in enumerate(record.text.split("\n")):
            number = record.line + offset
            covered.append(number)
            line = lines[number - 1].rstrip()
            said_after = re.sub(r"^\[2026-\S+ \S+\] \[\d+\] \[[A-Z]+\] ", "", line)
            assert text == said_after.rstrip()
    assert covered == list(range(1, len(lines) + 1))


@each_log
@pytest.mark.parametrize("size", [1, 7, 10**9], ids=["1 byte", "7 bytes", "whole"])
def test_pieces_of_any_size_give_the_same_records(log, size):
    raw = log.read_bytes().decode()
    reader = RecordReader()
    found = []
    for start in range(0, len(raw), size):
        found += reader.feed(raw[start : start + size])
    found += reader.flush()
    assert found == list(records(lines_of(log)))
    assert len(found) > 50


def test_a_record_is_given_out_when_the_next_begins():
    reader = RecordReader()
    first, rest = TRACEBACK.split("[2026-11-23 13:34:06,780]")
    assert list(reader.feed(first)) == []
    (found,) = reader.feed("[2026-11-23 13:34:06,780]" + rest)
    assert found.line == 1


def test_a_flush_gives_out_the_open_record_once():
    reader = RecordReader()
    assert list(reader.feed(TRACEBACK.splitlines(keepends=True)[0])) == []
    assert [record.text for record in reader.flush()] == ["[^----Agent]: Crashed"]
    assert list(reader.flush()) == []


def test_a_line_that_is_not_complete_waits_for_its_end():
    reader = RecordReader()
    list(reader.feed("[2026-11-23 13:34:06,779] [7] [INFO] Hello, wor"))
    assert list(reader.flush()) == []
    list(reader.feed("ld\n"))
    assert [record.text for record in reader.flush()] == ["Hello, world"]


def test_a_record_waits_while_a_line_below_it_is_being_written():
    reader = RecordReader()
    list(reader.feed("[2026-11-23 13:34:06,779] [7] [INFO] Setting\n| say | {0"))
    assert list(reader.flush()) == []
    list(reader.feed("-3} |\n"))
    assert [record.text for record in reader.flush()] == ["Setting\n| say | {0-3} |"]


def test_lines_are_counted_on_after_a_flush():
    reader = RecordReader()
    list(reader.feed(TRACEBACK))
    list(reader.flush())
    list(reader.feed("[2026-11-23 13:34:06,779] [7] [INFO] Hello\n"))
    assert [record.line for record in reader.flush()] == [8]


def test_a_last_line_without_its_end_counts_too():
    assert [record.text for record in records(["[2026-11-23 13:34:06,779] [7] [INFO] Hello"])] == [
        "Hello"
    ]


def test_a_traceback_stays_one_record():
    first, second = records(TRACEBACK.splitlines(keepends=True))
    assert first.level == "ERROR"
    assert first.text.startswith("[^----Agent]: Crashed\nTraceback (most recent call last):\n")
    assert first.text.endswith("\n\nZeroDivisionError: division by zero")
    assert (second.line, second.text) == (7, "Next")


def test_an_empty_log_has_no_records():
    assert list(records([])) == []


@each_log
def test_the_banner_is_one_record_without_a_time(log):
    banner, first, *_ = records(lines_of(log))
    assert (banner.line, banner.time, banner.level) == (1, None, "")
    assert banner.text.count("\n") == 15
    assert first.line == 17
    assert first.time is not None


@pytest.fixture
def berlin(monkeypatch):
    """Where the clock is put back on 25 October 2026, and the hour after 2 comes twice."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_a_records_time_is_read_as_utc_wherever_the_reader_is(berlin):
    (record,) = records(["[2026-10-25 00:30:06,779] [7] [INFO] Hello\n"])
    wanted = datetime.datetime(2026, 10, 25, 0, 30, 6, 779000, tzinfo=datetime.UTC)
    assert record.time == pytest.approx(wanted.timestamp(), abs=1e-6)


# Events


def test_a_record_without_a_time_gets_the_one_that_stands_in():
    banner = next(records(lines_of(LOGS[0])))
    assert parse(banner, "w", 12.5).time == 12.5
    assert said("Hello", time=1.0).time == 1.0


def test_a_record_that_says_nothing_known_keeps_its_whole_text():
    first, _ = records(TRACEBACK.splitlines(keepends=True))
    assert parse(first, "w") == ev.Logged(
        time=first.time, worker="w", line=1, level="ERROR", text=first.text
    )


def test_a_join_tells_the_generation_and_the_member_id():
    joined = at_line("6066.log", 61)
    assert isinstance(joined, ev.MemberJoined)
    assert joined.generation == 1
    assert joined.member_id == "faust-0.15.3-b233c996-7fc2-4a43-94e6-0c62475e35e7"


def test_an_assignment_with_the_leader_partition_leads():
    given = at_line("6066.log", 64)
    assert isinstance(given, ev.PartitionsAssigned)
    assert given.partitions == {LEADER_TOPIC: (0,), GREETINGS_TOPIC: tuple(range(8))}
    assert given.leads


def test_an_assignment_without_the_leader_partition_does_not_lead():
    given = at_line("6068.log", 59)
    assert given.partitions == {GREETINGS_TOPIC: (0, 4)}
    assert not given.leads


@pytest.mark.parametrize(
    ("shown", "numbers"),
    [
        ("{0}", (0,)),
        ("{0-3}", (0, 1, 2, 3)),
        ("{0-1, 4}", (0, 1, 4)),
        ("{1, 3-4, 7}", (1, 3, 4, 7)),
        ("{10-12, 20}", (10, 11, 12, 20)),
    ],
)
def test_ranges_of_partitions_are_read(shown, numbers):
    table = f"Setting newly assigned partitions\n+Topic--+\n| say   | {shown}   |\n+--+ for group"
    assert said(table).partitions == {"say": numbers}


def test_no_partitions_at_all_are_an_empty_table():
    given = said("Revoking previously assigned partitions set() for group leader-example")
    assert isinstance(given, ev.PartitionsRevoked)
    assert given.partitions == {}


def test_a_revocation_over_several_lines_has_all_its_topics():
    given = at_line("6066-2.log", 147)
    assert isinstance(given, ev.PartitionsRevoked)
    assert given.partitions == {LEADER_TOPIC: (0,), GREETINGS_TOPIC: (1, 3, 4, 7)}


@pytest.mark.parametrize(
    ("printed", "greeting"), [(b"0.25", "0.25"), (b"it's", "it's"), ("é".encode(), "é")]
)
def test_a_greeting_is_read_as_python_printed_it(printed, greeting):
    assert said(repr(printed)) == ev.GreetingPrinted(time=1, worker="w", line=3, greeting=greeting)


def test_a_greeting_in_a_log_is_read():
    assert at_line("6066.log", 79).greeting == "0.044733401302308184"


def test_a_signal_is_told_by_its_number():
    stopping = at_line("6066.log", 135)
    assert stopping == ev.WorkerStopping(time=stopping.time, worker="w", line=135, signal=2)


def test_leaving_the_group_is_an_event():
    assert isinstance(at_line("6066.log", 153), ev.GroupLeft)


def test_the_lines_of_agents_and_other_services_are_no_events_of_the_election():
    for text in ("[^Worker]: Ready", "[^---Recovery]: Starting...", "b'0.5' and more"):
        assert isinstance(said(text), ev.Logged)


SENTENCES = {
    ev.MemberJoined: "Joined group '",
    ev.GroupLeaderElected: "Elected group leader",
    ev.PartitionsAssigned: "Setting newly assigned partitions",
    ev.PartitionsRevoked: "Revoking previously assigned partitions",
    ev.RebalanceNoticed: "Heartbeat failed for group",
    ev.WorkerReady: "Worker ready",
    ev.WorkerStopping: "Signal received",
    ev.GroupLeft: "LeaveGroup request succeeded",
    ev.Published: "PUBLISHING ON LEADER!",
    ev.GreetingPrinted: "[WARNING] b'",
}


# In three of the logs `-INT- -INT-` follows a publish or a greeting as its record's second line.
@each_log
@pytest.mark.parametrize("kind", SENTENCES, ids=lambda kind: kind.__name__)
def test_each_sentence_in_a_log_becomes_an_event(log, kind):
    found = [event for event in read(log.name) if isinstance(event, kind)]
    assert len(found) == log.read_text(encoding="utf-8").count(SENTENCES[kind])


# Anybody can send anything to the topic.
def test_a_greeting_that_is_no_utf_8_is_no_error():
    assert said(repr(b"\xff")).line == 3


@pytest.mark.parametrize(
    "value",
    [
        b"0.5",
        b"",
        b"it's",
        b'"',
        b"'\"\\",
        b"\x00\n\r\t\x1b",
        "é€𝄞".encode(),
        b"\xff\xfe",
        b"\\x41",
    ],
)
def test_a_greeting_is_read_whatever_bytes_it_has(value):
    found = parse(LogRecord(1, 1.0, "WARNING", repr(value)), "6066")
    assert found == ev.GreetingPrinted(
        time=1.0, worker="6066", line=1, greeting=value.decode(errors="replace")
    )


@pytest.mark.parametrize("text", ["b'it's'", "b'a' b'b'", "b'é'", r"b'\u0041'", r"b'\'", "b''x"])
def test_what_only_looks_like_a_greeting_is_none(text):
    assert isinstance(parse(LogRecord(1, 1.0, "WARNING", text), "6066"), ev.Logged)
