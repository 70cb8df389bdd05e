"""How busy this machine is: the tasks for each core, and the memory that is free."""

from __future__ import annotations

import contextlib
import os

import psutil

BUSY = 3.0
"""With this many running or waiting tasks for each core, nothing more is started alongside what
runs. A build by itself makes one or two."""

LAB_B = 1.0e9
"""Bytes of memory that a lab may need: three brokers and their workers."""


def per_core() -> float:
    """How many tasks ran, or waited to run, for each core in the last minute: 1 is a machine just
    fully used. 0 if the system does not say."""
    with contextlib.suppress(OSError):
        return os.getloadavg()[0] / (os.cpu_count() or 1)
    return 0.0


def has_room() -> bool:
    """Whether this machine can run one more lab alongside what it is doing now."""
    return per_core() < BUSY and psutil.virtual_memory().available > LAB_B


def in_words() -> str:
    """Why there is room, or why not: "2.5 tasks per core, 3.1 GB of memory free"."""
    free = psutil.virtual_memory().available / 1e9
    return f"{per_core():.1f} tasks per core, {free:.1f} GB of memory free"
