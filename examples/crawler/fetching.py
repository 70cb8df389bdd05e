"""One page over HTTP, within limits: of time, of size, and of what a crawler can use."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp

WITHIN_S = 4.0
MOST_BYTES = 2_000_000


class FetchError(Exception):
    """Nothing was read. `temporary` says whether it is worth another try."""

    def __init__(self, problem: str, *, temporary: bool) -> None:
        super().__init__(problem)
        self.problem, self.temporary = problem, temporary


@dataclass(frozen=True)
class Page:
    """What a server answered. `location` is where it redirects to, or empty."""

    url: str
    status: int
    body: bytes
    charset: str
    location: str

    @property
    def text(self) -> str:
        """The body as text: in the encoding that the server names, if it can be, for many servers
        are wrong about that; else in UTF-8, else in windows-1252, as browsers do."""
        for encoding in filter(None, (self.charset, "utf-8")):
            try:
                return self.body.decode(encoding)
            except (LookupError, UnicodeError):
                continue
        return self.body.decode("windows-1252", errors="replace")


class Fetcher:
    """Fetches pages, under the name `agent`, each within so many seconds. With `proxy`, it asks
    that one for all of them."""

    def __init__(self, agent: str, *, proxy: str | None = None, within_s: float = WITHIN_S) -> None:
        self._within_s = within_s
        self._session = aiohttp.ClientSession(
            proxy=proxy,
            headers={"User-Agent": agent},
            timeout=aiohttp.ClientTimeout(total=within_s),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def get(self, url: str) -> Page:
        """One request, which follows no redirect: whoever asks has to look whether it may go there.
        Raises FetchError."""
        try:
            async with self._session.get(url, allow_redirects=False) as answer:
                body = bytearray()
                async for piece in answer.content.iter_any():
                    body += piece
                    if len(body) > MOST_BYTES:
                        raise FetchError(f"more than {MOST_BYTES:,} bytes", temporary=False)
                location = answer.headers.get("Location", "") if answer.status // 100 == 3 else ""
                return Page(url, answer.status, bytes(body), answer.charset or "", location)
        except TimeoutError as error:
            raise FetchError(f"no end within {self._within_s:g} s", temporary=True) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            words = " ".join(f"{type(error).__name__}: {error}".split())
            never = isinstance(error, aiohttp.InvalidURL)
            raise FetchError(words[:120], temporary=not never) from error

    async def close(self) -> None:
        await self._session.close()
