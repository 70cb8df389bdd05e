"""Storms as a table, and what holds for all of them."""

from __future__ import annotations

from collections.abc import Sequence

from electionlab.checks.verdict import Verdict
from electionlab.crawler.storms import FAULTS, Round
from electionlab.crawler.world import CAN_BE_READ, CANNOT_BE_READ
from electionlab.pictures.tables import Table


def sites() -> Table:
    """What may be wrong with a site, and whether its articles have to be found."""
    can = [(words, "have to be found") for words in CAN_BE_READ.values()]
    cannot = [(words, "cannot be read") for words in CANNOT_BE_READ.values()]
    return Table(["a site", "its articles"], [*can, *cannot])


def storms(rounds: Sequence[Round]) -> Table:
    """What came of storms, by leader and by whether a leader was frozen: sums over all of them."""
    rows = []
    for fenced in (True, False):
        for frozen in (False, True):
            some = [r for r in rounds if r.fenced == fenced and (FAULTS[2] in r.faults) == frozen]
            if not some:
                continue
            rows.append(
                (
                    "fenced" if fenced else "plain",
                    "kills, and a leader that stood still" if frozen else "kills",
                    len(some),
                    f"{sum(r.wanted - r.missing for r in some)} of {sum(r.wanted for r in some)}",
                    sum(r.twice for r in some),
                    f"{sum(r.again for r in some)} of {sum(r.pages for r in some)}",
                    sum(r.unexplained for r in some),
                    sum(r.too_soon for r in some),
                    f"{sum(r.ordered for r in some) / len(some):.0f}",
                )
            )
    heads = ["leader", "faults", "storms", "articles found", "twice in the result"]
    heads += [
        "requests for a page again",
        "for no known reason",
        "requests too soon",
        "sources ordered, in one storm",
    ]
    return Table(heads, rows)


def nothing_is_lost(rounds: Sequence[Round]) -> Verdict:
    """Whether in each storm every article was found, none twice, and nothing fetched that was
    forbidden. Unknown without a storm. Figures: `storms`, `missing`, `twice`, `forbidden`, and
    `pages` (all requests), `again` (for a page that was asked for before), `unexplained` of these,
    `too_soon` (after another request to the same site)."""
    claim = "Whoever is killed: every article is found, and none is in the result twice."
    if not rounds:
        return Verdict(claim, "unknown", "There was no storm.")
    figures = {
        "storms": len(rounds),
        "missing": sum(one.missing for one in rounds),
        "twice": sum(one.twice for one in rounds),
        "pages": sum(one.pages for one in rounds),
        "again": sum(one.again for one in rounds),
        "unexplained": sum(one.unexplained for one in rounds),
        "too_soon": sum(one.too_soon for one in rounds),
        "forbidden": sum(one.forbidden for one in rounds),
    }
    wrong = [one for one in rounds if one.missing or one.twice or one.forbidden]
    if not wrong:
        found = sum(one.wanted for one in rounds)
        finding = f"In all {len(rounds)} storms, with {found} articles."
        return Verdict(claim, "held", finding, (), figures)
    evidence = tuple(str(one) for one in wrong)
    return Verdict(claim, "broken", f"Not in {len(wrong)} storms.", evidence, figures)
