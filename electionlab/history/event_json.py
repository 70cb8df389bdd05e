"""An event as a JSON object, and back."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from sys import intern
from types import NoneType
from typing import Any, NamedTuple

from electionlab.history import events as ev
from electionlab.history.events import Event

MALFORMED = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
"""What is raised for JSON that is damaged, nested too deeply, or not what was expected."""

SCALARS: dict[str, tuple[type, ...]] = {
    "float": (int, float),
    "int": (int,),
    "str": (str,),
    "bool": (bool,),
    "int | None": (int, NoneType),
    "float | None": (int, float, NoneType),
    "str | None": (str, NoneType),
}


def _names(values: list[str]) -> tuple[str, ...]:
    return tuple(map(intern, values))  # refuses non-text; a few names recur a million times


def _partitions(topics: dict[str, list[int]]) -> dict[str, tuple[int, ...]]:
    return {intern(topic): tuple(map(int, numbers)) for topic, numbers in topics.items()}


CONVERTED: dict[str, tuple[tuple[type, ...], Callable[[Any], object]]] = {
    "tuple[str, ...]": ((list,), _names),  # JSON has no tuples
    "dict[str, tuple[int, ...]]": ((dict,), _partitions),
}


class _Field(NamedTuple):
    """How a field of an event is read: the types that it may have in JSON, what converts it (None
    if nothing does), its default, and what sets it."""

    types: tuple[type, ...]
    convert: Callable[[Any], object] | None
    default: object
    set_in: Callable[[Event, object], None]


def _fields_of(kind: type[Event]) -> dict[str, _Field]:
    fields = {}
    for field in dataclasses.fields(kind):
        declared = str(field.type)
        types, convert = CONVERTED.get(declared) or (SCALARS[declared], None)
        setter = getattr(kind, field.name).__set__
        fields[field.name] = _Field(
            types, intern if field.name == "worker" else convert, field.default, setter
        )
    return fields


FORMS: Mapping[str, tuple[type[Event], dict[str, _Field]]] = {
    name: (kind, _fields_of(kind)) for name, kind in ev.EVENT_TYPES.items()
}


def event_to_json(event: Event, zero: float = 0.0) -> dict[str, object]:
    """An event as a JSON object; `at` is in seconds after the Unix time `zero`."""
    fields = dataclasses.asdict(event)
    return {"event": type(event).__name__, "at": round(event.time - zero, 3), **fields}


def event_from_json(fields: object) -> Event:
    """The event that `event_to_json` wrote. Raises one of `MALFORMED` if it is not one."""
    if not isinstance(fields, dict):
        raise TypeError(f"an object was expected: {fields!r}")
    kind, form = FORMS[fields.pop("event")]
    del fields["at"]
    # Set field by field, as it is checked: the constructor of a frozen class takes as long again.
    event = object.__new__(kind)
    for name, value in fields.items():
        types, convert, _, set_in = form[name]
        if not isinstance(value, types):
            raise TypeError(f"{name} is {value!r}")
        set_in(event, convert(value) if convert else value)
    if len(fields) < len(form):
        for name in form.keys() - fields.keys():
            if form[name].default is dataclasses.MISSING:
                raise KeyError(name)
            form[name].set_in(event, form[name].default)
    if not math.isfinite(event.time):
        raise ValueError(f"a time was expected: {event.time!r}")
    return event
