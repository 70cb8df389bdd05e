"""A history as JSON Lines: what it is about on the first line, then one event per line.

Version 2 has more kinds of events than version 1, and fields with defaults; both are read the same
way. msgspec's typed decoder is faster still, but would not refuse an event with an unknown field.
"""

from __future__ import annotations

import contextlib
import gc
import itertools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from electionlab.errors import LabError
from electionlab.history.event_json import MALFORMED, event_from_json, event_to_json
from electionlab.history.events import Event

FORMAT = "electionlab-history"
VERSION = 2
BATCH = 64  # lines


def to_json_lines(events: Sequence[Event], about: dict[str, str], zero: float) -> str:
    """The lines of a file. `zero` is the Unix time from which `at` counts in each; the first line
    has it unless it is the time of the first event."""
    start = events[0].time if events else 0.0
    head = {
        "format": FORMAT,
        "version": VERSION,
        "start": start,
        **({} if zero == start else {"zero": zero}),
        "events": len(events),
        "about": about,
    }
    lines = [head, *(event_to_json(event, zero) for event in events)]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def read(path: Path) -> tuple[list[Event], dict[str, str], float | None]:
    """The events of a saved history, what it is about, and from when it counts its seconds (None:
    from the first event). Raises LabError if the file cannot be read, is not a history (naming the
    line), was cut off or has a newer version."""
    try:
        # Only "\n" ends a line: JSON may contain other characters that Python treats as line ends.
        with path.open(encoding="utf-8", newline="\n") as file:
            head = _head(path, file.readline())
            events = list(_events(path, file))
    except (OSError, UnicodeDecodeError) as error:
        raise LabError(f"{path} cannot be read as a history: {error}") from error
    if len(events) < head["events"]:
        raise LabError(
            f"{path} has {len(events)} of {head['events']} events: it was cut off while it was "
            "written or copied."
        )
    return events, head["about"], head["zero"]


def _head(path: Path, line: str) -> dict[str, Any]:
    try:
        head: dict[str, Any] = _decode(line)
        version = int(head["version"])
        if head["format"] != FORMAT:
            raise KeyError(head["format"])
        head["events"] = int(head.get("events", 0))
        head["about"] = dict(head.get("about") or {})
        head["zero"] = None if head.get("zero") is None else float(head["zero"])
    except MALFORMED as error:
        raise LabError(
            f"{path} is no history: its first line should be a JSON object with "
            f'"format": "{FORMAT}" and a "version".'
        ) from error
    if version > VERSION:
        raise LabError(
            f"{path} has version {version} of the history format; this workbook reads "
            f"up to {VERSION}. Read it with the workbook that wrote it, or a newer one."
        )
    return head


def _events(path: Path, lines: Iterator[str]) -> Iterator[Event]:
    number = 2  # of the first line of a batch
    while batch := list(itertools.islice(lines, BATCH)):
        yield from _decoded_together(batch) or _decoded_one_by_one(path, batch, number)
        number += len(batch)


def _decoded_together(lines: list[str]) -> list[Event]:
    """The events on these lines; an empty list if one of the lines is not an event. This takes
    three quarters of the time that it takes to decode each line alone."""
    try:
        values = _decode(f"[{','.join(lines)}]")
        return [event_from_json(value) for value in values] if len(values) == len(lines) else []
    except MALFORMED:
        return []


def _decoded_one_by_one(path: Path, lines: list[str], first: int) -> Iterator[Event]:
    """The events on these lines, of which the first has the number `first` in the file."""
    for number, line in enumerate(lines, first):
        try:
            yield event_from_json(_decode(line))
        except MALFORMED as error:
            raise LabError(
                f"{path}, line {number}, is not an event: {line[:60]!r}. "
                "The file may have been cut off while it was written."
            ) from error


@contextlib.contextmanager
def no_collections() -> Iterator[None]:
    """Suspend garbage collection: events form no cycles, and looking for cycles while a million are
    made doubles the time. What was made meanwhile then counts as old: only what is new is looked
    through often."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.freeze()
            gc.unfreeze()  # into the oldest generation
            gc.enable()


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON's")


_decode = json.JSONDecoder(parse_constant=_refuse).decode
