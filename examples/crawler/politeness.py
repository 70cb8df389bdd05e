"""Asks one site for one page at a time, and lets it rest between two."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import AsyncIterator


class Politeness:
    """`delay_s` is how long a site is left alone between an answer and the next question.

    It knows only what this worker has done. So a site that is new to it is left alone first: some
    other worker may have asked it a moment ago. `begin_anew` after each rebalance makes all sites
    new again.
    """

    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._free_at: dict[str, float] = {}

    @contextlib.asynccontextmanager
    async def turn(self, site: str) -> AsyncIterator[None]:
        """A block in which this site may be asked once."""
        async with self._locks[site]:
            # Only a site's own fetches wait for it; those of all others go on.
            while (rest_s := self._rest_s(site)) > 0:
                await asyncio.sleep(rest_s)
            try:
                yield
            finally:
                self._free_at[site] = time.monotonic() + self._delay_s

    def _rest_s(self, site: str) -> float:
        now = time.monotonic()
        return self._free_at.setdefault(site, now + self._delay_s) - now

    def begin_anew(self) -> None:
        """Forget when each site was asked last."""
        self._free_at.clear()
