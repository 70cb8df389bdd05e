"""Tries a learner's function of a reader and a page, in a process of its own.

    python -m electionlab.exercises.poison_trial MODULE NAME

The last line of its own is a JSON object: `wrong`, what it made of an ordinary page, if that
was wrong; or `error`, with which error the poison ended, `stood_s`, for how many seconds the event
loop stood still at most, `left`, how many processes are left, and `busy_s`, the processor time that
this process took in the next second. The reader is the crawler's own, in examples/.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import psutil

from electionlab.crawler.pages import POISON

TICK_S = 0.05
ORDINARY = b'<!doctype html><article><h2><a href="/1">One</a></h2></article>'
AFTER_S = 1.0
GONE_S = 5.0
"""How long a process that was ended may take to go."""


async def ticks(stood: list[float]) -> None:
    """Note how long the event loop stood still at most."""
    while True:
        before = time.monotonic()
        await asyncio.sleep(TICK_S)
        stood[0] = max(stood[0], time.monotonic() - before - TICK_S)


async def trial(answer: Callable[[Any, Any], Any]) -> dict[str, Any]:
    """What became of an ordinary page, and of poison."""
    fetching = importlib.import_module("crawler.fetching")
    read = importlib.import_module("crawler.reading").links
    site = "http://news.test/"
    made = await answer(read, fetching.Page(site, 200, ORDINARY, "utf-8", ""))
    if made != [f"{site}1"]:
        return {"wrong": repr(made)[:80]}
    stood = [0.0]
    ticking = asyncio.create_task(ticks(stood))
    await asyncio.sleep(0)
    error = "none"
    try:
        await answer(read, fetching.Page(site, 200, POISON, "utf-8", ""))
    except Exception as raised:
        error = type(raised).__name__
    await asyncio.sleep(2 * TICK_S)  # it notes what was so until now
    own = psutil.Process().cpu_times()
    await asyncio.sleep(AFTER_S)  # a thread may still be at it
    now = psutil.Process().cpu_times()
    ticking.cancel()
    children = psutil.Process().children(recursive=True)
    left = [each for each in children if "resource_tracker" not in " ".join(each.cmdline())]
    _, alive = psutil.wait_procs(left, timeout=GONE_S)
    busy_s = now.user + now.system - own.user - own.system
    return {"error": error, "stood_s": stood[0], "left": len(alive), "busy_s": busy_s}


if __name__ == "__main__":
    module, name = sys.argv[1:]
    with asyncio.Runner() as runner:
        found = runner.run(trial(getattr(importlib.import_module(module), name)))
        print(json.dumps(found), flush=True)
        os._exit(0)  # a thread that is still at it would be waited for
