"""Sphinx: the directive `claims`, which shows the ledger with this build's verdicts, and the role
`found`, which says what this build found of one fault or claim.

    ```{claims} playbook
    ```

shows the claims whose `source` is `playbook`; `faults` and `storms` show these. Verdicts are read
from the outputs of the pages that judge them. What no page has judged is shown as such, with a
warning (an error with `-W`), unless its page failed, which is reported already. An experiment whose
verdict is missing or not the expected one gets a warning too.

`claims_ledger` in conf.py names a ledger other than docs/claims.toml, `claims_checklist` the page
whose items the last column links to.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.util.typing import ExtensionMetadata

from electionlab.book import claims, claims_faults, claims_storms
from electionlab.book.claims_rows import Rows

logger = logging.getLogger(__name__)
CLAIMS = ("claim", "this build", "the figure", "so do this")
HEADS = {
    "faults": ("what we did", "what this build found", "so do this"),
    "storms": ("promise", "what the storms found", "so do this"),
}
WIDTHS = {3: (30, 45, 25), 4: (28, 27, 27, 18)}
PAGE_OF_CLAIMS = "docs/claims"


class pending_ledger(nodes.General, nodes.Element):  # noqa: N801, docutils names nodes so
    """Stands where the table will be, until all pages have been read."""


class pending_finding(nodes.Inline, nodes.Element):  # noqa: N801, docutils names nodes so
    """Stands where a finding will be, until all pages have been read."""


class ClaimsDirective(SphinxDirective):
    """Leaves a place for the table, and notes which pages judge the claims. Its content is for
    readers of the page's source, as in JupyterLab, where no table is made."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        _depend(self)
        return [pending_ledger(source=self.arguments[0])]


class FoundRole(SphinxRole):
    """Leaves a place for what this build found of the fault or claim with this key. A fault's may
    name the promises that matter where it stands: `kill: new-leader-after-loss`."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        ledger = Path(self.config.claims_ledger)
        key, _, named = self.text.partition(": ")
        promises = named.split(", ") if named else []
        known = {**claims.load(ledger), **claims_faults.load(ledger)}
        for name in [key, *promises]:
            if name not in (known if name == key else claims_faults.PROMISES):
                message = self.inliner.reporter.error(f"The ledger has no {name!r}.")
                return [], [message]
        _depend(self)
        return [pending_finding(key=key, promises=promises)], []


def _depend(here: SphinxDirective | SphinxRole) -> None:
    """Have the page read anew when the ledger or a page that judges changes."""
    ledger = Path(here.config.claims_ledger)
    here.env.note_dependency(str(ledger))
    pages = {claim.page for claim in claims.load(ledger).values()}
    pages |= {fault.page for fault in claims_faults.load(ledger).values()}
    for page in {*pages, here.config.claims_checklist}:
        here.env.note_dependency(str(here.env.doc2path(page)))


class FillLedger(SphinxPostTransform):
    """Puts tables and findings in their places."""

    default_priority = 5

    def run(self, **_: Any) -> None:
        rows = Rows(self.app.builder, self.env, self.env.docname)
        for place in list(self.document.findall(pending_ledger)):
            place.replace_self(self._ledger(rows, place["source"]))
            self._warn(rows, place)
        for place in list(self.document.findall(pending_finding)):
            place.replace_self(self._finding(rows, place["key"], place["promises"]))
            self._warn(rows, place)

    def _ledger(self, rows: Rows, source: str) -> list[nodes.Node]:
        heads = HEADS.get(source, CLAIMS)
        if source == "faults":
            return [_table(heads, list(rows.of_faults()))]
        if source == "storms":
            words, every = claims_storms.rows(ledger=Path(self.config.claims_ledger))
            return [nodes.paragraph(text=words), _table(heads, list(rows.of_storms(every)))]
        return [_table(heads, list(rows.of_claims(source)))]

    def _finding(self, rows: Rows, key: str, promises: list[str]) -> list[nodes.Node]:
        fault = claims_faults.load(Path(self.config.claims_ledger)).get(key)
        name = claims_faults.glue_name(key) if fault else claims.glue_name(key)
        words = nodes.inline(text=f"{rows.in_words(key, promises)} ", classes=["found"])
        return [
            words,
            nodes.Text("("),
            rows.reference("ledger", PAGE_OF_CLAIMS, name),
            nodes.Text(")"),
        ]

    def _warn(self, rows: Rows, place: nodes.Element) -> None:
        for key, why in rows.troubles:
            logger.warning(
                "claim %r: %s [electionlab.claim]",
                key,
                why,
                type="electionlab",
                subtype="claim",
                location=place,
            )
        rows.troubles.clear()


def _table(heads: tuple[str, ...], rows: list[nodes.row]) -> nodes.table:
    head = nodes.row("", *(nodes.entry("", nodes.paragraph(text=each)) for each in heads))
    group = nodes.tgroup("", cols=len(heads))
    group += [nodes.colspec(colwidth=width) for width in WIDTHS[len(heads)]]
    group += [nodes.thead("", head), nodes.tbody("", *rows)]
    return nodes.table("", group, classes=["claims-ledger", f"ledger-of-{len(heads)}"])


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_config_value("claims_ledger", str(claims.LEDGER), "env", frozenset({str}))
    app.add_config_value("claims_checklist", "docs/checklist", "env", frozenset({str}))
    for node in (pending_ledger, pending_finding):
        app.add_node(node)
    app.add_directive("claims", ClaimsDirective)
    app.add_role("found", FoundRole())
    app.add_post_transform(FillLedger)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
