"""Reads a page that may be poison: markup on which a parser works for minutes, or dies.

Some hundred kilobytes of nested tags are enough: the parser's work grows with the square of their
number. A worker that waits for it answers nobody, not even Kafka, which throws it out of its group
and hands the page to the next worker. A thread does not help: nobody can end it, and for most of
its work the parser keeps Python's lock. So a page that may be poison is read in a process, which
can be ended.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from crawler.fetching import FetchError, Page

T = TypeVar("T")

SMALL_BYTES = 50_000
"""A page below is read at once, unless it defines names for XML, which may stand for megabytes: the
worst takes a tenth of a second."""
NAMES = "<!ENTITY"
WITHIN_S = 5.0

_spawn = multiprocessing.get_context("spawn")  # a fork would share the worker's connections


async def patiently(read: Callable[[Page], T], page: Page, within: float = WITHIN_S) -> T:
    """What `read` returns for this page. FetchError if it fails, dies or takes too long."""
    if len(page.body) <= SMALL_BYTES and NAMES not in page.text:
        try:
            return read(page)
        except Exception as error:
            raise FetchError(f"cannot be read: {error!r}"[:120], temporary=False) from error
    ours, theirs = _spawn.Pipe(duplex=False)
    process = _spawn.Process(target=_read, args=(read, page, theirs), daemon=True)
    # To start one takes some hundredths of a second, in which the worker would stand still.
    await asyncio.to_thread(process.start)
    theirs.close()
    try:
        answered = await asyncio.to_thread(ours.poll, within)
        result, error = ours.recv() if answered else (None, f"not read within {within:g} s")
    except EOFError:
        result, error = None, "the parser died of it"
    finally:
        process.kill()
        await asyncio.to_thread(process.join)
        ours.close()
    if error:
        raise FetchError(error, temporary=False)
    return result  # type: ignore[no-any-return]


def _read(read: Callable[[Page], Any], page: Page, answer: Connection) -> None:
    try:
        answer.send((read(page), ""))
    except Exception as error:
        answer.send((None, f"cannot be read: {error!r}"[:120]))
