"""Serves the news sites on one port of loopback, as a proxy does, and writes down who asked.

    python -m electionlab.crawler.server PORT '{"count": 100, "seed": 1}'

The object's names are the arguments of `world.make`, and `answer_after_s` (how long every page
takes), `poisoned` (the numbers of sites whose markup is poison). A client asks it for the pages
of `http://….test/` as it would ask a proxy, so each site has a name and a robots.txt of its own,
and nothing leaves this machine: it has no pages but these.

Its standard output is the access log, one JSON object for each request, written as it comes: the
`time` (Unix seconds), the `host`, the `path`, the `status` (0: none was sent), and the `agent`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from collections import Counter
from typing import Any

from aiohttp import web

from electionlab.crawler import world
from electionlab.crawler.pages import Answer, answer
from electionlab.host.ports import LOOPBACK

HUGE = 500_000_000
PIECE = b"<p>and so on" * 5_000


class Served:
    """The sites by host, and how often each page of theirs was asked for."""

    def __init__(self, sites: list[world.Site], answer_after_s: float = 0.0) -> None:
        self._sites = {site.host: site for site in sites}
        self._after_s = answer_after_s
        self._asked: Counter[tuple[str, str]] = Counter()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        host, path = request.host.partition(":")[0], request.path
        site = self._sites.get(host)
        if site is None:
            given = Answer(502, b"no such site")
        else:
            given = answer(site, path, self._asked[host, path])
            self._asked[host, path] += 1
        status = 0 if given.how == "never" else given.status
        entry = {"time": time.time(), "host": host, "path": path, "status": status}
        print(json.dumps({**entry, "agent": request.headers.get("User-Agent", "")}), flush=True)
        if self._after_s or given.after_s:
            await asyncio.sleep(self._after_s + given.after_s)
        if given.how != "at once":
            return await _unended(request, given)
        headers = {"Content-Type": given.kind, **given.headers}
        return web.Response(status=given.status, body=given.body, headers=headers)


async def _unended(request: web.BaseRequest, given: Answer) -> web.StreamResponse:
    """An answer that does not end as it should; until the client goes."""
    if given.how == "never":
        await asyncio.sleep(3600)
    response = web.StreamResponse(headers={"Content-Type": given.kind})
    if given.how == "cut off":
        response.content_length = len(given.body)
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        if given.how == "cut off":
            await response.write(given.body[: len(given.body) // 2])
            assert request.transport
            request.transport.close()
        elif given.how == "huge":
            for _ in range(HUGE // len(PIECE)):
                await response.write(PIECE)
        else:
            for _ in range(36_000):
                await response.write(b"<p>and so on")
                await asyncio.sleep(0.1)
    return response


def sites_of(settings: dict[str, Any]) -> list[world.Site]:
    """The sites that these settings ask for."""
    kept = {name: settings[name] for name in ("seed", "stories", "troubles") if name in settings}
    sites = world.make(settings["count"], **kept)
    for number in settings.get("poisoned", ()):
        sites[number] = world.poisoned(sites[number])
    return sites


async def serve(port: int, settings: dict[str, Any]) -> None:
    """Serve until this process is ended."""
    served = Served(sites_of(settings), settings.get("answer_after_s", 0.0))
    runner = web.ServerRunner(web.Server(served.handle, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, LOOPBACK, port, backlog=1024).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), json.loads(sys.argv[2])))
