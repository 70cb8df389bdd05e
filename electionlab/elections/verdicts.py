"""What holds for elections over many rounds."""

from __future__ import annotations

from collections.abc import Sequence

from electionlab.checks.verdict import Verdict
from electionlab.elections.charts import SESSION_S
from electionlab.elections.model import ELECTIONS, Round


def keeps_late_greetings_out(rounds: Sequence[Round], *, checked: bool) -> Verdict:
    """Whether no receiver took a greeting of a former leader after one of a later leader; `checked`
    says whether the receivers check tokens. Where they do, they must refuse nothing in time.

    Unknown without a round. Figures: `rounds`, `late` (greetings that were taken too late),
    `in_rounds` (how many rounds had some), `wronged` (in time and refused, if checked).
    """
    how = "whose receiver checks tokens" if checked else "whose receiver takes all"
    claim = f"In elections {how}, no former leader changes anything."
    if not rounds:
        return Verdict(claim, "unknown", "No round was run.")
    taken = [(one, one.passed if checked else one.stale) for one in rounds]
    late = [(one, count) for one, count in taken if count]
    wronged = sum(one.wronged for one in rounds) if checked else 0
    figures = {
        "rounds": len(rounds),
        "late": sum(count for _, count in late),
        "in_rounds": len(late),
        "wronged": wronged,
    }
    evidence = [f"{ELECTIONS[one.election]}, {one.fault}: {count} too late" for one, count in late]
    evidence += [
        f"{ELECTIONS[one.election]}, {one.fault}: {one.wronged} in time and refused"
        for one in rounds
        if checked and one.wronged
    ]
    if not evidence:
        names = ", ".join(dict.fromkeys(ELECTIONS[one.election] for one in rounds))
        return Verdict(claim, "held", f"None did, in {len(rounds)} rounds: {names}.", (), figures)
    finding = f"{figures['late']} greetings were taken too late, in {len(late)} rounds."
    if wronged:
        finding += f" {wronged} in time were refused."
    return Verdict(claim, "broken", finding, tuple(evidence), figures)


def unfenced(rounds: Sequence[Round]) -> list[Round]:
    """The rounds whose leader is held back by nobody but a receiver that checks tokens."""
    return [one for one in rounds if one.election != "fenced"]


def findings(recorded: Sequence[Round], here: Sequence[Round]) -> dict[str, Verdict]:
    """What the ledger asks of recorded rounds and of those of this build, which have to agree."""
    found = {"all taken, recorded": keeps_late_greetings_out(unfenced(recorded), checked=False)}
    for when, rounds in {"recorded": recorded, "here": here}.items():
        fenced = [one for one in rounds if one.election == "fenced"]
        found |= {
            f"tokens checked, {when}": keeps_late_greetings_out(unfenced(rounds), checked=True),
            f"fenced, {when}": keeps_late_greetings_out(fenced, checked=False),
        }
    return found


def hears_of_a_death(rounds: Sequence[Round], election: str) -> Verdict:
    """Whether the next leader of this election, a key of `model.ELECTIONS`, acted in less than half
    a session after the one before was killed. Unknown without such a round.

    Figures: `longest_s`, `shortest_s` until it did.
    """
    claim = f"{ELECTIONS[election]} replaces a leader that was killed before its session ends."
    times = [
        one.leaderless_s
        for one in rounds
        if (one.election, one.fault) == (election, "kill") and one.leaderless_s is not None
    ]
    if not times:
        return Verdict(claim, "unknown", "No round was run.")
    figures = {"longest_s": max(times), "shortest_s": min(times)}
    finding = f"The next one acted after {min(times):.1f} to {max(times):.1f} s."
    if max(times) < SESSION_S / 2:
        return Verdict(claim, "held", finding, (), figures)
    return Verdict(claim, "broken", finding, (), figures)
