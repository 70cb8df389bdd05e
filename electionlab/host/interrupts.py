"""Holding back Ctrl+C, or the notebook's stop button, where a step must not be left half done."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """Delay an interrupt that comes during the block until its end. For steps of less than a
    second: a process that was started but not yet recorded could not be stopped."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Python interrupts only the main thread
        return
    pending: list[FrameType | None] = []
    handler = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, lambda number, frame: pending.append(frame))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if pending and callable(handler):  # also if the block failed: somebody may catch that
            handler(signal.SIGINT, pending[0])
