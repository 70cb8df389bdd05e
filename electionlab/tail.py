"""A log that another process is still writing, read as it grows."""

from __future__ import annotations

from pathlib import Path


class Tail:
    """What is added to a log, from its beginning on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_to = 0  # bytes

    def read(self, to_end: bool = False) -> str:
        """The whole lines that were added since this was last asked. A line of which only a piece
        is written, or a piece of a character, is left for the next time; `to_end` takes it too,
        once nobody writes any more."""
        with self._path.open("rb") as log:
            log.seek(self._read_to)
            new = log.read()
        if not to_end:
            new = new[: new.rfind(b"\n") + 1]
        self._read_to += len(new)
        return new.decode(errors="replace")
