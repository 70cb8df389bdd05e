"""Sphinx: the directive `claims`, which shows the ledger with what this build found.

    ```{claims} playbook
    ```

shows the claims whose `source` is `playbook`. What was found is read from the outputs of the pages
that judge them. A claim that no page has judged is shown as such, with a warning, which `-W` makes
an error; so is one with an experiment whose finding is not the one expected, or missing.
`claims_ledger` in conf.py names another ledger than docs/claims.toml.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.ext.glue.crossref import read_glue_cache
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from electionlab import claims
from electionlab.claims import Claim, Judged

logger = logging.getLogger(__name__)
HEADS = ("claim", "expected", "this build", "the figure of this build")


class pending_ledger(nodes.General, nodes.Element):  # noqa: N801, docutils names nodes so
    """Stands where the table will be, until all pages have been read."""


class ClaimsDirective(SphinxDirective):
    """Leaves a place for the table; which pages judge the claims is noted."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        source = self.arguments[0]
        ledger = Path(self.config.claims_ledger)
        self.env.note_dependency(str(ledger))
        for claim in claims.load(ledger).values():
            if claim.source == source:
                self.env.note_dependency(str(self.env.doc2path(claim.page)))
        return [pending_ledger(source=source)]


class FillLedger(SphinxPostTransform):
    """Puts the table in its place."""

    default_priority = 5

    def run(self, **_: Any) -> None:
        for place in list(self.document.findall(pending_ledger)):
            known = claims.load(Path(self.config.claims_ledger)).values()
            told = [claim for claim in known if claim.source == place["source"]]
            place.replace_self(self._table([self._row(claim, place) for claim in told]))

    def _row(self, claim: Claim, place: nodes.Element) -> nodes.row:
        judged, why = self._found(claim)
        if why:
            logger.warning(
                "claim %r: %s [electionlab.claim]",
                claim.key,
                why,
                type="electionlab",
                subtype="claim",
                location=place,
            )
        verdict = f"{judged.sign} {judged.verdict}" if judged else "not judged: it did not run"
        link = self.app.builder.get_relative_uri(self.env.docname, claim.page)
        words = nodes.paragraph("", "", nodes.reference("", claim.words, internal=True))
        words[0]["refuri"] = f"{link}#{claim.anchor}"
        cells = [
            words,
            nodes.paragraph(text=claim.expectation),
            nodes.paragraph("", "", nodes.strong(text=verdict)),
            nodes.paragraph(text=judged.figure if judged else "–"),
        ]
        row = nodes.row("", *(nodes.entry("", cell) for cell in cells))
        row["classes"] = [f"claim-{judged.kind if judged else 'missing'}"]
        row["ids"] = [claims.glue_name(claim.key)]
        return row

    def _found(self, claim: Claim) -> tuple[Judged | None, str]:
        """What this build found, and what is wrong with it."""
        folder = str(self.env.mystnb_config.output_folder)  # type: ignore[attr-defined]
        name = claims.glue_name(claim.key)
        glued = read_glue_cache(folder, claim.page).get(name)
        # The file of a page that has nothing to glue any more stays; only this list is made anew.
        listed = NbMetadataCollector.get_doc_data(self.env)[claim.page].get("glue", ())
        if glued is None or name not in listed:
            return None, f"{claim.page} did not judge it in this build"
        told = json.loads(glued["data"]["text/plain"])
        judged = Judged(claim, told["outcomes"], told["figure"])
        why = f"{', '.join(judged.unexpected)}: not what is expected" if judged.unexpected else ""
        return judged, why

    @staticmethod
    def _table(rows: list[nodes.row]) -> nodes.table:
        heads = nodes.row("", *(nodes.entry("", nodes.paragraph(text=head)) for head in HEADS))
        group = nodes.tgroup("", cols=len(HEADS))
        group += [nodes.colspec(colwidth=width) for width in (30, 20, 20, 30)]
        group += [nodes.thead("", heads), nodes.tbody("", *rows)]
        return nodes.table("", group, classes=["claims-ledger"])


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_config_value("claims_ledger", str(claims.LEDGER), "env", frozenset({str}))
    app.add_node(pending_ledger)
    app.add_directive("claims", ClaimsDirective)
    app.add_post_transform(FillLedger)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
