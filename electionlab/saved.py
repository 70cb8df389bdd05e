"""A history as JSON Lines: what it is about in the first line, then one event a line.

Version 2 has more kinds of events than 1, and fields with defaults: both are read the same way.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from sys import intern
from typing import Any

from electionlab import events as ev
from electionlab.errors import LabError
from electionlab.events import Event

FORMAT = "electionlab-history"
VERSION = 2


def to_json_lines(events: Sequence[Event], about: dict[str, str]) -> str:
    start = events[0].time if events else 0.0
    head = {
        "format": FORMAT,
        "version": VERSION,
        "start": start,
        "events": len(events),
        "about": about,
    }
    lines = [head, *(event_to_json(event, start) for event in events)]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def read(path: Path) -> tuple[list[Event], dict[str, str]]:
    """The events of a saved history, and what it is about. Raises LabError that names the line
    where it is none, was cut off or is of a newer version."""
    try:
        # Only "\n" ends a line: JSON may hold the other characters that Python takes for ends.
        with path.open(encoding="utf-8", newline="\n") as file, _no_collections():
            head = _head(path, file.readline())
            found = list(_events(path, file))
    except (OSError, UnicodeDecodeError) as error:
        raise LabError(f"{path} cannot be read as a history: {error}") from error
    if len(found) < head.get("events", 0):
        raise LabError(
            f"{path} has {len(found)} of {head['events']} events: it was cut off while it was "
            "written or copied."
        )
    return found, head.get("about") or {}


def _head(path: Path, line: str) -> dict[str, Any]:
    try:
        head: dict[str, Any] = json.loads(line)
        version = int(head["version"])
        if head["format"] != FORMAT:
            raise KeyError(head["format"])
    except (ValueError, KeyError, TypeError) as error:
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
    for number, line in enumerate(lines, start=2):
        try:
            yield event_from_json(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            raise LabError(
                f"{path}, line {number}, is not an event: {line[:60]!r}. "
                "The file may have been cut off while it was written."
            ) from error


@contextlib.contextmanager
def _no_collections() -> Iterator[None]:
    """Events hold no circles; looking for some while a million are made doubles the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def event_to_json(event: Event, start: float = 0.0) -> dict[str, object]:
    """An event as a JSON object; `at` is in seconds after the Unix time `start`."""
    fields = dataclasses.asdict(event)
    return {"event": type(event).__name__, "at": round(event.time - start, 3), **fields}


def event_from_json(told: object) -> Event:
    """The event that `event_to_json` wrote. ValueError, KeyError or TypeError if it is none."""
    if not isinstance(told, dict):
        raise TypeError(f"an object was expected: {told!r}")
    kind = ev.EVENT_TYPES[told.pop("event")]
    del told["at"]
    if not isinstance(told["time"], (int, float)):
        raise TypeError(f"a time was expected: {told['time']!r}")
    told["worker"] = intern(told["worker"])  # a few names, a million times
    if isinstance(partitions := told.get("partitions"), dict):
        told["partitions"] = {
            intern(topic): tuple(numbers) for topic, numbers in partitions.items()
        }
    for name in ("members", "holders", "workers"):  # JSON has no tuples
        if name in told:
            told[name] = tuple(told[name])
    return kind(**told)
