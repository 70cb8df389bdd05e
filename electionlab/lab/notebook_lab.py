"""The lab of a notebook: one at a time, started by a cell that may be run again."""

from __future__ import annotations

from electionlab.lab.lab import Lab

_started: list[Lab] = []


def start_lab(size: int = 3, *, watch: float = 1.0) -> Lab:
    """Start a lab of `size` workers for a notebook's cells, sampled every `watch` seconds. The one
    that this interpreter started this way before is stopped first: a cell that is run again starts
    over and leaves nothing behind. Raises LabError as `Lab` does."""
    while _started:
        _started.pop().stop()
    lab = Lab(size, watch=watch)
    _started.append(lab)
    lab.start()
    return lab
