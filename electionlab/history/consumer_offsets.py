"""The broker's own journal of a consumer group: what its coordinator wrote into its log.

Kafka keeps groups in the topic `__consumer_offsets`. Each time a generation is complete, the
coordinator writes one record with all members and what each was given; each commit is a record too.
Read from there, the broker's view of an election has no gaps, and the times are the broker's own.

The formats are GroupMetadataKey/Value and OffsetCommitKey/Value of Apache Kafka 4.3
(group-coordinator/src/main/resources/common/message), versions 0-3 of the former; and the
assignment is ConsumerProtocolAssignment. The worker behind a member is known from the web address
that Faust sends along when it joins (faust/assignor/cluster_assignment.py).
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from electionlab.history import events as ev

TOPIC = "__consumer_offsets"
WEB_PORT = re.compile(rb'"url": ?"https?://[^"]*?:(\d+)/?"')
OFFSET_KEYS, GROUP_KEY = (0, 1), 2


class UnknownFormatError(ValueError):
    """A record of a kind or version that this reader does not know."""


@dataclass(frozen=True)
class StoredMember:
    """A member in a record: its id, the worker behind it ("" if unknown), its partitions."""

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
    """A commit: the next offset to read in a topic's partition."""

    group: str
    topic: str
    partition: int
    offset: int


class Reader:
    """Reads Kafka's primitive types from bytes, from left to right."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def number(self, kind: str) -> int:
        """A signed number of 2, 4 or 8 bytes: `h`, `i` or `q`."""
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
    """What a record of the topic says; None for a tombstone.

    Raises UnknownFormatError for anything that this reader does not know.
    """
    try:
        reader = Reader(key)
        kind = reader.number("h")
        if kind in OFFSET_KEYS:
            place = reader.text(), reader.text(), reader.number("i")
            return None if value is None else StoredCommit(*place, _commit(Reader(value)))
        if kind == GROUP_KEY:
            group = reader.text()
            return None if value is None else _group(group, Reader(value))
    except (struct.error, UnicodeDecodeError) as error:
        raise UnknownFormatError(str(error)) from error
    raise UnknownFormatError(f"a key of kind {kind}")


def _commit(reader: Reader) -> int:
    reader.number("h")  # the version; the offset comes next in all of them
    return reader.number("q")


def _group(group: str, reader: Reader) -> StoredGroup:
    version = reader.number("h")
    if not 0 <= version <= 3:
        raise UnknownFormatError(f"version {version} of a group's record")
    reader.text()  # the protocol's type
    generation = reader.number("i")
    reader.optional_text()  # the assignor
    leader = reader.optional_text()
    if version >= 2:
        reader.number("q")  # when it got into this state
    members = tuple(_member(version, reader) for _ in range(reader.number("i")))
    return StoredGroup(group, generation, leader, members)


def _member(version: int, reader: Reader) -> StoredMember:
    member_id = reader.text()
    if version >= 3:
        reader.optional_text()  # its static id
    reader.text(), reader.text()  # client id and host
    if version >= 1:
        reader.number("i")  # rebalance timeout
    reader.number("i")  # session timeout
    web_port = WEB_PORT.search(reader.piece())
    worker = web_port[1].decode() if web_port else ""
    return StoredMember(member_id, worker, _partitions(reader.piece()))


def _partitions(assignment: bytes) -> dict[str, tuple[int, ...]]:
    if not assignment:
        return {}
    reader = Reader(assignment)
    reader.number("h")  # version
    return {
        reader.text(): tuple(reader.number("i") for _ in range(reader.number("i")))
        for _ in range(reader.number("i"))
    }


def as_event(
    stored: StoredGroup | StoredCommit, *, time: float, offset: int, leader_topic: str
) -> ev.Event:
    """The event for a history. `time` (Unix seconds) and `offset` are the record's; `leader_topic`
    is Faust's, whose partition 0 makes its holder leader."""
    if isinstance(stored, StoredCommit):
        return ev.OffsetCommitted(
            time=time,
            worker="kafka",
            topic=stored.topic,
            partition=stored.partition,
            committed=stored.offset,
        )
    held = {member.member_id: member.partitions.get(leader_topic, ()) for member in stored.members}
    return ev.GroupStored(
        time=time,
        worker="kafka",
        generation=stored.generation,
        members=tuple(member.member_id for member in stored.members),
        workers=tuple(member.worker for member in stored.members),
        group_leader=stored.group_leader,
        leader=next((name for name, numbers in held.items() if 0 in numbers), None),
        holders=tuple(name for name, numbers in held.items() if numbers),
        offset=offset,
    )
