"""Histories are saved and loaded, and what is no history is refused."""

import gc
import json

import pytest
from histories import (
    DATA,
    published,
    recorded,
    sound_run,
    started,
)

from electionlab.errors import LabError
from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.history.jsonl import BATCH

HEAD = '{"format": "electionlab-history", "version": 1, "start": 0, "about": {}}\n'
GOOD = '{"event": "WorkerKilled", "at": 0, "time": 1, "worker": "A", "line": null}\n'


@pytest.mark.parametrize(
    "events", [sound_run(), [], list(recorded())], ids=["sound", "none", "real"]
)
def test_what_was_saved_is_loaded_again(tmp_path, events):
    saved = History(events, {"kafka": "4.3.0", "system": "é"})
    loaded = History.load(saved.save(tmp_path / "h.jsonl"))
    assert loaded.events == saved.events
    assert loaded.about == saved.about


def test_the_recorded_file_is_what_would_be_saved():
    assert recorded().to_json_lines() == (DATA / "history.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ev.EVENT_TYPES.values(), ids=lambda kind: kind.__name__)
def test_every_kind_of_event_can_be_saved(tmp_path, kind):
    values = {"int": 1, "str": "a", "int | None": 2, "dict[str, tuple[int, ...]]": {"t": (0, 3)}}
    values |= {"float": 2.5, "bool": True, "str | None": "b", "tuple[str, ...]": ("m", "n")}
    values |= {"float | None": 0.5}
    own = {name: values[told] for name, told in kind.__annotations__.items()}
    history = History([kind(time=1.5, worker="A", line=None, **own)])
    loaded = History.load(history.save(tmp_path / "h.jsonl"))
    assert loaded.events == history.events


def test_a_saved_event_tells_its_time_since_the_start(tmp_path):
    lines = History([started(100, "A"), published(102.5, "A")]).to_json_lines().splitlines()
    assert json.loads(lines[2])["at"] == 2.5
    assert json.loads(lines[2])["time"] == 102.5


def refused(path, text):
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LabError) as caught:
        History.load(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_a_file_that_was_cut_off_is_refused_with_its_line(tmp_path):
    whole = (DATA / "history.jsonl").read_text(encoding="utf-8")
    told = refused(tmp_path / "h.jsonl", "".join(whole.splitlines(keepends=True)[:40])[:-9])
    assert "line 40," in told
    assert "cut off" in told


@pytest.mark.parametrize(
    "line",
    [
        '{"event": "Nothing", "at": 0, "time": 1, "worker": "A", "line": null}',
        '{"at": 0, "time": 1, "worker": "A", "line": null}',
        '{"event": "WorkerKilled", "at": 0, "time": 1, "worker": "A", "more": 1}',
        '{"event": "WorkerExited", "at": 0, "time": 1, "worker": "A"}',
        '{"event": "WorkerKilled", "at": 0, "time": "one", "worker": "A", "line": null}',
        "",
        "[]",
        "null",
        "[" * 100_000,
        '{"event": ' * 100_000,
        '{"event": [], "at": 0, "time": 1, "worker": "A"}',
        '{"event": "WorkerKilled", "at": 0, "time": NaN, "worker": "A"}',
        '{"event": "WorkerKilled", "at": 0, "time": 1e999, "worker": "A"}',
        f'{{"event": "WorkerKilled", "at": 0, "time": 1{"0" * 400}, "worker": "A"}}',
        '{"event": "WorkerKilled", "at": 0, "time": 1, "worker": ["A"]}',
        '{"event": "WorkerKilled", "at": 0, "time": 1, "worker": "A", "line": {}}',
        '{"event": "GreetingPrinted", "at": 0, "time": 1, "worker": "A", "greeting": []}',
        '{"event": "PartitionsAssigned", "at": 0, "time": 1, "worker": "A", "partitions": 1}',
        '{"event": "PartitionsRevoked", "at": 0, "time": 1, "worker":"", "partitions":{"t":[[]]}}',
    ],
)
def test_a_line_that_is_no_event_is_refused(tmp_path, line):
    assert "line 3," in refused(tmp_path / "h.jsonl", HEAD + GOOD + line + "\n" + GOOD)


@pytest.mark.parametrize("place", [0, BATCH - 1, BATCH, 2 * BATCH, 2 * BATCH + 9])
def test_a_bad_line_among_many_is_named_by_its_number(tmp_path, place):
    lines = [GOOD] * (2 * BATCH + 10)
    lines[place] = GOOD.replace("WorkerKilled", "Nothing")
    refusal = refused(tmp_path / "h.jsonl", HEAD + "".join(lines))
    assert f'line {place + 2}, is not an event: \'{{"event": "Nothing"' in refusal


def test_two_events_on_a_line_are_refused(tmp_path):
    lines = [GOOD, f"{GOOD.rstrip()},{GOOD}", GOOD]
    assert "line 3," in refused(tmp_path / "h.jsonl", HEAD + "".join(lines))


@pytest.mark.parametrize("count", [1, BATCH - 1, BATCH, BATCH + 1, 3 * BATCH])
@pytest.mark.parametrize("end", ["\n", "", " \n", "\r\n"])
def test_any_number_of_lines_is_loaded_whatever_white_space_ends_the_last(tmp_path, count, end):
    path = tmp_path / "h.jsonl"
    path.write_text(HEAD + (GOOD * count).rstrip() + end, encoding="utf-8", newline="")
    assert History.load(path).events == (ev.WorkerKilled(time=1, worker="A"),) * count


def test_the_names_of_members_are_a_list(tmp_path):
    line = '{"event": "GroupSeen", "at": 0, "time": 1, "worker": "kafka", "state": "STABLE", '
    line += '"members": "AB", "leader": null}\n'
    assert "line 3," in refused(tmp_path / "h.jsonl", HEAD + GOOD + line)


@pytest.mark.parametrize("is_on", [True, False])
def test_garbage_is_collected_after_a_load_as_before_it(tmp_path, is_on):
    path = tmp_path / "h.jsonl"
    path.write_text(HEAD + GOOD + "no event\n", encoding="utf-8")
    before = gc.isenabled()
    (gc.enable if is_on else gc.disable)()
    try:
        with pytest.raises(LabError):
            History.load(path)
        assert gc.isenabled() == is_on
    finally:
        (gc.enable if before else gc.disable)()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "hello\n",
        "[]\n",
        "{}\n",
        '{"format": "another", "version": 1}\n',
        '{"format": "electionlab-history"}\n',
        '{"format": "electionlab-history", "version": "one"}\n',
        '{"format": "electionlab-history", "version": 1e999}\n',
        '{"format": "electionlab-history", "version": 1, "events": []}\n',
        '{"format": "electionlab-history", "version": 1, "about": 1}\n',
        "[" * 100_000,
    ],
)
def test_a_file_that_is_no_history_is_refused(tmp_path, text):
    assert "is no history" in refused(tmp_path / "h.jsonl", text)


def test_a_newer_version_is_refused_by_its_number(tmp_path):
    told = refused(tmp_path / "h.jsonl", HEAD.replace('"version": 1', '"version": 3'))
    assert "version 3" in told
    assert "up to 2" in told


# JSON leaves three of these as they are, and str.splitlines takes them for ends of lines.
@pytest.mark.parametrize("end", ["\n", "\r\n", "\x0b", "\x85", "\u2028", "\u2029"])
def test_a_text_with_any_end_of_line_is_loaded_again(tmp_path, end):
    event = ev.Logged(time=1, worker="A", level="INFO", text=f"one{end}two")
    path = History([event]).save(tmp_path / "h.jsonl")
    assert History.load(path).events == (event,)
