"""A sentence of a page about a run, chosen by a verdict, so that it never contradicts the run."""

from __future__ import annotations

from electionlab.checks.verdict import Outcome, Verdict
from electionlab.errors import LabError


class Sentence(str):
    """Markdown that a page, JupyterLab and a terminal show as text, not as a string in quotes."""

    def _repr_markdown_(self) -> str:
        return str(self)

    def __repr__(self) -> str:  # what a terminal shows
        return str(self)


def says(
    verdict: Verdict | Outcome,
    *,
    held: str | None = None,
    broken: str | None = None,
    unknown: str | None = None,
) -> Sentence:
    """The sentence for the verdict's outcome, as the last value of a cell.

    Each outcome that may come out has its sentence, in Markdown. `{name}` in it stands for a figure
    of the verdict, as in `str.format`; an outcome that the page computed has no figures, and its
    sentences are left as they are.

        says(
            checks.at_most_one_leader(history),
            held="One led at any time.",
            broken="Two led at once, for {overlap_s:.1f} s.",
        )

    Raises AssertionError for an outcome without a sentence, which turns the page red as
    `Verdict.expect` does; LabError for a figure that the verdict does not have.
    """
    sentences: dict[Outcome, str | None] = {"held": held, "broken": broken, "unknown": unknown}
    written = [outcome for outcome, words in sentences.items() if words is not None]
    if not isinstance(verdict, Verdict):
        computed = Verdict("This outcome was computed on the page.", verdict, "")
        return Sentence(sentences[computed.expect(*written).outcome])
    words = str(sentences[verdict.expect(*written).outcome])
    try:
        return Sentence(words.format_map(verdict.figures))
    except KeyError as error:
        names = ", ".join(verdict.figures) or "none"
        raise LabError(
            f"A sentence needs the figure {error.args[0]}. The verdict has {names}: {verdict.claim}"
        ) from error
