"""What a site's robots.txt allows, by RFC 9309."""

from __future__ import annotations

from crawler.fetching import FetchError, Page
from protego import Protego

MOST_BYTES = 500 * 1024
"""As much as a crawler has to read, by section 2.5. What stands behind is not looked at."""


def rules(page: Page) -> Protego:
    """The rules in this answer to the question for a robots.txt.

    Where there is none (4xx), everything is allowed (section 2.3.1.3). Where the site cannot say
    (5xx), nothing is (2.3.1.4): FetchError, to be tried again later. So it is where the site asks
    for less traffic (429), which the RFC takes for none.
    """
    if page.status >= 500 or page.status == 429:
        raise FetchError(f"answers {page.status}, so nothing may be read", temporary=True)
    if page.status >= 300:
        return Protego.parse("")
    return Protego.parse(page.body[:MOST_BYTES].decode("utf-8", errors="replace"))
