"""The coordinator's records are read to the byte, and what is not known is refused."""

import json
import struct

import pytest
from histories import DATA

from electionlab.history import consumer_offsets
from electionlab.history import events as ev
from electionlab.history.consumer_offsets import (
    StoredCommit,
    StoredGroup,
    StoredMember,
    UnknownFormatError,
)

LEADER_TOPIC = "app-__assignor-__leader"
RECORDED_LEADER_TOPIC = "leader-anywhere-__assignor-__leader"


# Kafka's types, as its messages are written down


def number(kind, value):
    return struct.pack(">" + kind, value)


def text(value):
    return number("h", -1) if value is None else number("h", len(value.encode())) + value.encode()


def piece(value):
    return number("i", -1) if value is None else number("i", len(value)) + value


def array(items):
    return number("i", len(items)) + b"".join(items)


def group_key(name="app"):
    return number("h", 2) + text(name)


def offset_key(version=1, topic="greetings", partition=3):
    return number("h", version) + text("app") + text(topic) + number("i", partition)


def assignment(partitions):
    topics = [
        text(topic) + array([number("i", one) for one in numbers])
        for topic, numbers in partitions.items()
    ]
    return number("h", 4) + array(topics) + piece(b"compressed")


def said_by_faust(url):
    told = json.dumps({"assignment": {"actives": {}, "standbys": {}}, "url": url})
    return number("h", 4) + array([text("greetings")]) + piece(told.encode())


def member(version, member_id, metadata, assigned, static=None):
    return b"".join(
        [
            text(member_id),
            text(static) if version >= 3 else b"",
            text("faust-0.15.3"),
            text("/127.0.0.1"),
            number("i", 60000) if version >= 1 else b"",
            number("i", 6000),
            piece(metadata),
            piece(assigned),
        ]
    )


def group_value(version, members, generation=7, leader="m1"):
    return b"".join(
        [
            number("h", version),
            text("consumer"),
            number("i", generation),
            text("faust"),
            text(leader),
            number("q", 1_700_000_000_000) if version >= 2 else b"",
            array(members),
        ]
    )


def two_members(version):
    held = {LEADER_TOPIC: (0,), "greetings": (0, 2)}
    return group_value(
        version,
        [
            member(version, "m1", said_by_faust("http://here:7101"), assignment(held), "static-1"),
            member(version, "m2", said_by_faust("http://here:7102/"), assignment({})),
        ],
    )


TWO = StoredGroup(
    "app",
    7,
    "m1",
    (
        StoredMember("m1", "7101", {LEADER_TOPIC: (0,), "greetings": (0, 2)}),
        StoredMember("m2", "7102", {}),
    ),
)


# Records written by hand


@pytest.mark.parametrize("version", range(4))
def test_a_generation_is_read_in_each_version(version):
    assert consumer_offsets.parse(group_key(), two_members(version)) == TWO


def test_a_group_without_members_has_no_leader():
    value = group_value(3, [], generation=0, leader=None)
    assert consumer_offsets.parse(group_key(), value) == StoredGroup("app", 0, None, ())


@pytest.mark.parametrize("version", [0, 1])
def test_a_commit_is_read_whatever_comes_after_its_offset(version):
    value = number("h", 4) + number("q", 1 << 40) + b"epoch, metadata, times"
    told = consumer_offsets.parse(offset_key(version), value)
    assert told == StoredCommit("app", "greetings", 3, 1 << 40)


@pytest.mark.parametrize("key", [offset_key(), group_key()], ids=["commit", "group"])
def test_a_tombstone_says_nothing(key):
    assert consumer_offsets.parse(key, None) is None


@pytest.mark.parametrize(
    ("metadata", "worker"),
    [
        (said_by_faust("http://here:7101"), "7101"),
        (said_by_faust("https://here:7101/"), "7101"),
        (said_by_faust("http://[::1]:7101"), "7101"),
        (said_by_faust("http://here:7101").replace(b'": "', b'":"'), "7101"),
        (said_by_faust("http://here"), ""),
        (said_by_faust("http://here:7101/path"), ""),
        (said_by_faust(""), ""),
        (b"\xff\xfe of another client", ""),
        (b"", ""),
        (None, ""),
    ],
)
def test_the_worker_is_known_by_the_port_of_its_address(metadata, worker):
    told = consumer_offsets.parse(group_key(), group_value(3, [member(3, "m1", metadata, b"")]))
    assert told.members == (StoredMember("m1", worker, {}),)


def test_names_may_be_of_any_letters():
    told = consumer_offsets.parse(group_key("größe"), group_value(3, [member(3, "é", None, None)]))
    assert (told.group, told.members[0].member_id) == ("größe", "é")


# What is not known


@pytest.mark.parametrize("version", range(4))
def test_a_record_that_was_cut_off_anywhere_is_refused(version):
    value = two_members(version)
    for length in range(len(value)):
        with pytest.raises(UnknownFormatError):
            consumer_offsets.parse(group_key(), value[:length])


@pytest.mark.parametrize("key", [offset_key(), group_key()], ids=["commit", "group"])
def test_a_key_that_was_cut_off_anywhere_is_refused(key):
    for length in range(len(key)):
        with pytest.raises(UnknownFormatError):
            consumer_offsets.parse(key[:length], None)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        (number("h", 3) + text("app"), b"", "a key of kind 3"),
        (number("h", -1), None, "a key of kind -1"),
        (group_key(), number("h", 4) + two_members(3)[2:], "version 4 of a group's record"),
        (group_key(), number("h", -1), "version -1 of a group's record"),
        (number("h", 2) + number("h", 2) + b"\xff\xff", None, "can't decode"),
        (offset_key(), number("h", 4), "requires a buffer"),
    ],
)
def test_an_unknown_record_is_refused_and_named(key, value, told):
    with pytest.raises(UnknownFormatError, match=told):
        consumer_offsets.parse(key, value)


# Records of a real coordinator


@pytest.fixture(scope="module")
def recorded():
    records = json.loads((DATA / "journal.json").read_text(encoding="utf-8"))
    return [
        consumer_offsets.parse(
            bytes.fromhex(one["key"]), None if one["value"] is None else bytes.fromhex(one["value"])
        )
        for one in records
    ]


def test_a_real_journal_tells_a_whole_election(recorded):
    groups = [one for one in recorded if isinstance(one, StoredGroup)]
    assert {one.group for one in recorded} == {"leader-anywhere"}
    assert [one.generation for one in groups] == [0, 1, 2, 3]
    assert [[m.worker for m in one.members] for one in groups] == [
        [],
        ["7101"],
        ["7101", "7102"],
        ["7102"],
    ]
    for one in groups[1:]:
        assert one.group_leader in {member.member_id for member in one.members}
        numbers = [n for m in one.members for n in m.partitions["leader-anywhere-anywhere.say"]]
        assert sorted(numbers) == list(range(8))
        assert sum(m.partitions.get(RECORDED_LEADER_TOPIC) == (0,) for m in one.members) == 1
    assert groups[-1].members[0].member_id.startswith("static-2-")


def test_a_real_journal_has_the_commits_of_an_agent(recorded):
    commits = [one for one in recorded if isinstance(one, StoredCommit)]
    assert commits
    for one in commits:
        assert one.topic == "leader-anywhere-anywhere.say"
        assert one.partition in range(8)
        assert one.offset > 0


# Events


def test_a_generation_becomes_an_event_with_its_holders_and_workers():
    assert consumer_offsets.as_event(
        TWO, time=5.5, offset=9, leader_topic=LEADER_TOPIC
    ) == ev.GroupStored(
        time=5.5,
        worker="kafka",
        generation=7,
        members=("m1", "m2"),
        workers=("7101", "7102"),
        group_leader="m1",
        leader="m1",
        holders=("m1",),
        offset=9,
    )


def test_two_holders_are_told_though_only_partition_0_makes_a_leader():
    members = (
        StoredMember("m1", "7101", {LEADER_TOPIC: (1,)}),
        StoredMember("m2", "7102", {LEADER_TOPIC: (0,)}),
        StoredMember("m3", "7103", {LEADER_TOPIC: ()}),
    )
    told = consumer_offsets.as_event(
        StoredGroup("app", 1, None, members), time=0, offset=0, leader_topic=LEADER_TOPIC
    )
    assert (told.leader, told.holders) == ("m2", ("m1", "m2"))


def test_a_commit_becomes_an_event():
    told = consumer_offsets.as_event(
        StoredCommit("app", "greetings", 3, 12), time=2, offset=1, leader_topic=LEADER_TOPIC
    )
    assert told == ev.OffsetCommitted(
        time=2, worker="kafka", topic="greetings", partition=3, committed=12
    )
