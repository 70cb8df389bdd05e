"""Nothing that a reader is shown has a Unix time, an object's address or an event's raw fields."""

import dataclasses
import importlib
import inspect
import re
import typing

import pytest
from histories import sound_run
from reference import reference

import electionlab
from electionlab import (
    Distribution,
    History,
    InsideWorker,
    Kafka,
    Lab,
    LabError,
    Logs,
    Panel,
    Rebalance,
    Replay,
    Sasl,
    Timeline,
    Views,
    Workers,
    ZooKeeperWay,
    checks,
)
from electionlab.history import events as ev
from electionlab.host.folders import PROJECT
from electionlab.pictures import sentences
from electionlab.pictures.rebalance_steps import notices, steps

RAW = {
    "an address": re.compile(r"\b0x[0-9a-f]{6,}|<[\w.]+ object"),
    "a Unix time": re.compile(r"\b1[5-9]\d{8}(\.\d+)?\b"),
}
WHEN = 1_764_000_000.25
HISTORY = History.load(PROJECT / "tests" / "data" / "history.jsonl")


def assert_readable(text):
    for name, pattern in RAW.items():
        found = pattern.search(text)
        assert not found, f"{name}: {text[max(0, found.start() - 60) : found.end() + 20]!r}"


VALUES = {float: WHEN, int: 7, str: "words", bool: True}


def made(kind):
    """An event of a kind, with some value in each field."""
    hints = typing.get_type_hints(kind)
    fields = {}
    for field in dataclasses.fields(kind):
        hint = hints[field.name]
        options = typing.get_args(hint) or (hint,)
        origin = typing.get_origin(hint)
        if origin is tuple:
            fields[field.name] = ("words",)
        elif origin is dict:
            fields[field.name] = {"app-__assignor-__leader": (0,)}
        else:
            fields[field.name] = next(VALUES[option] for option in options if option in VALUES)
    for field in ("seconds", "delay_s"):
        if field in fields:
            fields[field] = 2.5
    return kind(**fields)


@pytest.mark.parametrize("kind", ev.EVENT_TYPES.values(), ids=ev.EVENT_TYPES)
def test_each_event_is_read_as_a_sentence_and_shows_the_time_of_day(kind):
    event = made(kind)
    assert_readable(repr(event))
    assert_readable(str(event))
    line = sentences.line(event, 31.4154)
    assert_readable(line)
    assert re.match(r"words  31\.415 s 16:00:00\.250 \S", line)
    assert kind.__name__ not in line
    assert "time=16:00:00.250" in repr(event)


def documented():
    """Each class that the reference names, by its module and perhaps its name."""
    for module, members in reference():
        for name, kind in vars(importlib.import_module(module)).items():
            here = inspect.isclass(kind) and kind.__module__ == module and name[0] != "_"
            if here and (not members or name in members):
                yield kind


@pytest.mark.parametrize("kind", list(documented()), ids=lambda kind: kind.__qualname__)
def test_each_documented_record_shows_times_of_day(kind):
    if dataclasses.is_dataclass(kind):
        times = {"time", "start", "end", "effective"} & {f.name for f in dataclasses.fields(kind)}
        assert not times or "Readable" in {base.__name__ for base in kind.__mro__}


@pytest.fixture
def lab():
    lab = Lab(0, room=1)
    yield lab
    lab.stop()


def test_all_that_a_notebook_imports_is_readable(lab):
    kafka = Kafka(port=0)
    number = HISTORY.generations[-1].number
    verdict = checks.at_most_one_leader(HISTORY)
    things = {
        "Kafka": kafka,
        "ZooKeeperWay": ZooKeeperWay(),
        "Sasl": Sasl("reader", "secret"),
        "Workers": Workers(kafka, lock=False),
        "Lab": lab,
        "InsideWorker": InsideWorker(kafka),
        "History": HISTORY,
        "Timeline": Timeline(HISTORY),
        "Replay": Replay(HISTORY),
        "Views": Views(HISTORY),
        "Rebalance": Rebalance(HISTORY, number),
        "Distribution": Distribution({"a": [1.0, 2.0]}),
        "Logs": Logs(lab),
        "Panel": Panel(lab),
        "Verdict": verdict,
        "LabError": LabError("words"),
        "Worker": None,  # the live tests have one
    }
    classes = {name for name in electionlab.__all__ if inspect.isclass(getattr(electionlab, name))}
    assert set(things) == classes
    for thing in things.values():
        assert_readable(repr(thing))
        assert_readable(str(thing))
    assert "secret" not in repr(things["Sasl"])


def test_what_a_history_tells_is_readable():
    for history in HISTORY, History(sound_run()):
        for name in dir(history):
            # What the workers themselves logged is theirs.
            if name[0] != "_" and name != "events" and not callable(getattr(history, name)):
                value = getattr(history, name)
                if not isinstance(value, float):
                    assert_readable(repr(value)[:100_000])
        assert_readable(repr(checks.moves(history)))
        assert_readable(repr(notices(history)))
    assert_readable(repr(steps(HISTORY, HISTORY.generations[-1].number)))


def test_a_wait_in_vain_tells_how_it_stands_in_words(lab):
    for event in [
        ev.MemberJoined(time=WHEN, worker="7101", generation=3, member_id="faust-1-2-3"),
        ev.PartitionsAssigned(
            time=WHEN + 1, worker="7101", partitions={"a-__assignor-__leader": (0,)}
        ),
        ev.Published(time=WHEN + 2, worker="7101"),
    ]:
        lab.workers.recorder.note(event)
    lab.kafka.require_alive = lambda: None
    with pytest.raises(LabError) as caught:
        lab.wait(lambda history: False, within=0)
    told = str(caught.value)
    assert_readable(told)
    assert "7101 leads, generation 3, 0 of 0 workers running" in told
    assert "7101   2.000 s 16:00:02.250 publishes" in told
    assert "Published" not in told
