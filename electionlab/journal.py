"""The broker's own journal of a consumer group: what its coordinator wrote into its log.

Kafka keeps groups in the topic `__consumer_offsets`. Each time a generation is complete, the
coordinator writes one record with all members and what each was given; each commit is a record
too. Read from there, the broker's view of an election has no gaps, and its times are the broker's.

The formats are GroupMetadataKey/Value and OffsetCommitKey/Value of Apache Kafka 4.3
(group-coordinator/src/main/resources/common/message), versions 0-3 of the former; and the
assignment is ConsumerProtocolAssignment. The worker behind a member is known from the web address
that Faust itself sends along when it joins (faust/assignor/cluster_assignment.py).
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from electionlab import events as ev

TOPIC = "__consumer_offsets"
WEB_PORT = re.compile(rb'"url": ?"https?://[^"]*?:(\d+)/?"')
OFFSET_KEYS, GROUP_KEY = (0, 1), 2


class UnknownFormatError(ValueError):
    """A record of a kind or version that this reader does not know."""


@dataclass(frozen=True)
class StoredMember:
    """A member in a record: its id, the worker behind it ("" if not told), its partitions."""

    member_id: str
    worker: str
    partitions: dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class StoredGroup:
    """A generation as the coordinator stored it."""

    group: str
    generation: int
    group_leader: str | None
    members: tuple[StoredMember, ...]


@dataclass(frozen=True)
class StoredCommit:
    """A commit: the next offset to be read of a topic's partition."""

    group: str
    topic: str
    partition: int
    offset: int


class Reader:
    """Takes Kafka's primitive types off a piece of bytes, from left to right."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def number(self, kind: str) -> int:
        """`h`, `i` or `q`: signed, 2, 4 or 8 bytes."""
        size = struct.calcsize(">" + kind)
        (value,) = struct.unpack_from(">" + kind, self._data, self._at)
        self._at += size
        return int(value)

    def take(self, length: int) -> bytes:
        taken = self._data[self._at : self._at + length]
        if len(taken) < length:
            raise UnknownFormatError("the record ends too early")
        self._at += length
        return taken

    def text(self) -> str:
        return self.optional_text() or ""

    def optional_text(self) -> str | None:
        length = self.number("h")
        return None if length < 0 else self.take(length).decode()

    def piece(self) -> bytes:
        length = self.number("i")
        return b"" if length < 0 else self.take(length)


def parse(key: bytes, value: bytes | None) -> StoredGroup | StoredCommit | None:
    """What a record of the topic says; None for one that deletes.

    Raises UnknownFormatError for anything that this reader does not know.
    """
    try:
        told = Reader(key)
        kind = told.number("h")
        if kind in OFFSET_KEYS:
            place = told.text(), told.text(), told.number("i")
            return None if value is None else StoredCommit(*place, _commit(Reader(value)))
        if kind == GROUP_KEY:
            group = told.text()
            return None if value is None else _group(group, Reader(value))
    except (struct.error, UnicodeDecodeError) as error:
        raise UnknownFormatError(str(error)) from error
    raise UnknownFormatError(f"a key of kind {kind}")


def _commit(told: Reader) -> int:
    told.number("h")  # the version; the offset comes next in all of them
    return told.number("q")


def _group(group: str, told: Reader) -> StoredGroup:
    version = told.number("h")
    if not 0 <= version <= 3:
        raise UnknownFormatError(f"version {version} of a group's record")
    told.text()  # the protocol's type
    generation = told.number("i")
    told.optional_text()  # the assignor
    leader = told.optional_text()
    if version >= 2:
        told.number("q")  # when it got into this state
    members = tuple(_member(version, told) for _ in range(told.number("i")))
    return StoredGroup(group, generation, leader, members)


def _member(version: int, told: Reader) -> StoredMember:
    member_id = told.text()
    if version >= 3:
        told.optional_text()  # its static id
    told.text(), told.text()  # client id and host
    if version >= 1:
        told.number("i")  # rebalance timeout
    told.number("i")  # session timeout
    found = WEB_PORT.search(told.piece())
    worker = found[1].decode() if found else ""
    return StoredMember(member_id, worker, _partitions(told.piece()))


def _partitions(assignment: bytes) -> dict[str, tuple[int, ...]]:
    if not assignment:
        return {}
    told = Reader(assignment)
    told.number("h")  # version
    return {
        told.text(): tuple(told.number("i") for _ in range(told.number("i")))
        for _ in range(told.number("i"))
    }


def as_event(
    stored: StoredGroup | StoredCommit, *, time: float, offset: int, leader_topic: str
) -> ev.Event:
    """The event for a history. `time` is the record's, in Unix seconds, `offset` its place;
    `leader_topic` is Faust's, whose partition 0 makes its holder leader."""
    if isinstance(stored, StoredCommit):
        return ev.OffsetCommitted(
            time=time,
            worker="kafka",
            topic=stored.topic,
            partition=stored.partition,
            committed=stored.offset,
        )
    held = {one.member_id: one.partitions.get(leader_topic, ()) for one in stored.members}
    return ev.GroupStored(
        time=time,
        worker="kafka",
        generation=stored.generation,
        members=tuple(one.member_id for one in stored.members),
        workers=tuple(one.worker for one in stored.members),
        group_leader=stored.group_leader,
        leader=next((name for name, numbers in held.items() if 0 in numbers), None),
        holders=tuple(name for name, numbers in held.items() if numbers),
        offset=offset,
    )
