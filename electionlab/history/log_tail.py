"""A log that another process is still writing, read as it grows."""

from __future__ import annotations

from pathlib import Path


class Tail:
    """Reads a log from its beginning, and then what is added to it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_to = 0  # bytes

    def read(self, to_end: bool = False) -> str:
        """The complete lines added since the last call. A line or a character that is only partly
        written is left for the next call; `to_end` takes it too, for when nobody writes any more.
        """
        with self._path.open("rb") as log:
            log.seek(self._read_to)
            new = log.read()
        if not to_end:
            new = new[: new.rfind(b"\n") + 1]
        self._read_to += len(new)
        return new.decode(errors="replace")
