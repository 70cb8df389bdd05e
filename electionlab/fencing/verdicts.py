"""Whether a remedy keeps a former leader's greetings from its readers, over many rounds."""

from __future__ import annotations

from collections.abc import Sequence

from electionlab.checks.verdict import Verdict
from electionlab.fencing.model import REMEDIES, Round


def keeps_stale_greetings_out(rounds: Sequence[Round], remedy: str) -> Verdict:
    """Whether with this remedy, a key of `model.REMEDIES`, no reader took a greeting of a former
    leader after one of its successor. Unknown without a round of it.

    Figures: `rounds`, `stale` (greetings that were read too late), `in_rounds` (how many rounds had
    some).
    """
    claim = f"With {remedy}, no greeting of a former leader is read after one of its successor."
    program, taken = REMEDIES[remedy]
    mine = [one for one in rounds if one.program == program]
    if not mine:
        return Verdict(claim, "unknown", "No round was run.")
    late = [(one, count) for one in mine if (count := taken(one))]
    figures = {
        "rounds": len(mine),
        "stale": sum(count for _, count in late),
        "in_rounds": len(late),
    }
    if not late:
        return Verdict(claim, "held", f"None was, in {len(mine)} rounds.", (), figures)
    evidence = tuple(f"{one.fault}: {count} read too late" for one, count in late)
    of = f"in {len(late)} of {len(mine)} rounds"
    were = "was" if figures["stale"] == 1 else "were"
    finding = f"{figures['stale']} came too late and {were} read, {of}."
    return Verdict(claim, "broken", finding, evidence, figures)
