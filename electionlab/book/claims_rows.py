"""The ledger's rows, out of what the pages that judge claims and faults left in their outputs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.ext.glue.crossref import read_glue_cache
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.builders import Builder
from sphinx.environment import BuildEnvironment

from electionlab.book import claims, claims_faults, claims_storms
from electionlab.book.claims import Claim, Judged
from electionlab.book.claims_faults import Fault, FaultJudged
from electionlab.book.claims_storms import StormRow
from electionlab.book.outdated import succeeded

DID_NOT_RUN = "not judged: it did not run"


class Rows:
    """Makes the rows of the tables on the page `here`. `troubles` are what is wrong with them, as
    (key, why)."""

    def __init__(self, builder: Builder, env: BuildEnvironment, here: str) -> None:
        self._builder, self._env, self._here = builder, env, here
        self._ledger = Path(env.config.claims_ledger)
        self._titles = titles(env)
        self.troubles: list[tuple[str, str]] = []

    # What was found

    def claim(self, claim: Claim) -> Judged | None:
        """This build's findings on a claim, with those of the faults and of the recorded storms if
        they are judged by it; None if there are none."""
        glued = self._glued(claims.glue_name(claim.key), claim.page, claim.key)
        if glued is None:
            return None
        judged = Judged(claim, glued["outcomes"], glued["figure"])
        if claim.key in claims_faults.PROMISES:
            judged = self._with_faults_and_storms(judged)
        if judged.unexpected:
            self._note(claim.key, f"{', '.join(judged.unexpected)}: not what is expected")
        return judged

    def fault(self, fault: Fault) -> FaultJudged | None:
        """This build's findings on a fault; None if there are none."""
        glued = self._glued(claims_faults.glue_name(fault.key), fault.page, fault.key)
        if glued is None:
            return None
        judged = FaultJudged(fault, **glued)
        if judged.unexpected:
            self._note(fault.key, f"{', '.join(judged.unexpected)}: not what is expected")
        return judged

    def in_words(self, key: str, promises: Sequence[str] = ()) -> str:
        """What this build found of a claim, or of a fault (`FaultJudged.in_words`)."""
        if fault := claims_faults.load(self._ledger).get(key):
            fault_judged = self.fault(fault)
            return fault_judged.in_words(promises) if fault_judged else DID_NOT_RUN
        judged = self.claim(claims.load(self._ledger)[key])
        return judged.figure if judged else DID_NOT_RUN

    def _with_faults_and_storms(self, judged: Judged) -> Judged:
        key = judged.claim.key
        outcomes, expected = {}, {}
        for fault in claims_faults.load(self._ledger).values():
            if found := self._glued(claims_faults.glue_name(fault.key), fault.page, fault.key):
                outcomes[fault.key] = found["outcomes"][key]
                expected[fault.key] = f"{fault.expected[key]}|unknown"
        storms = claims_storms.outcomes(key)  # what is expected of them is judged in their own rows
        return judged.joined_with({**outcomes, **storms}, {**expected, **storms})

    def _glued(self, name: str, page: str, key: str) -> dict[str, Any] | None:
        folder = str(self._env.mystnb_config.output_folder)  # type: ignore[attr-defined]
        glued = read_glue_cache(folder, page).get(name)
        # A page that no longer glues anything keeps its file; only this list is made anew.
        listed = NbMetadataCollector.get_doc_data(self._env)[page].get("glue", ())
        if glued is None or name not in listed:
            if succeeded(self._env, page) is not False:  # else its failure is reported already
                self._note(key, f"{page} did not judge it in this build")
            return None
        finding: dict[str, Any] = json.loads(glued["data"]["text/plain"])
        return finding

    def _note(self, key: str, why: str) -> None:
        if (key, why) not in self.troubles:
            self.troubles.append((key, why))

    # Their rows

    def of_claims(self, source: str) -> Iterator[nodes.row]:
        for claim in claims.load(self._ledger).values():
            if claim.source != source:
                continue
            judged = self.claim(claim)
            found = [nodes.paragraph("", "", nodes.strong(text=DID_NOT_RUN))]
            if judged:
                found = [nodes.paragraph("", "", nodes.strong(text=_verdict(judged)))]
                if judged.kind == "partly":
                    found.append(nodes.paragraph(text=f"Broken by: {_named(judged)}."))
            figure = [nodes.paragraph(text=judged.figure if judged else "–")]
            words = self._link(claim.words, claim.page, claim.anchor)
            cells = [words], found, figure, self._so(claim.key, claim.so)
            yield _row(claims.glue_name(claim.key), judged.kind if judged else "missing", *cells)

    def of_faults(self) -> Iterator[nodes.row]:
        for fault in claims_faults.load(self._ledger).values():
            judged = self.fault(fault)
            lines = judged.lines if judged else [DID_NOT_RUN]
            words = self._link(fault.words, fault.page, fault.anchor)
            found = [nodes.paragraph(text=line) for line in lines]
            cells = [words], found, self._so(fault.key, fault.so)
            name = claims_faults.glue_name(fault.key)
            yield _row(name, judged.kind if judged else "missing", *cells)

    def of_storms(self, every: list[StormRow]) -> Iterator[nodes.row]:
        for storm in every:
            check = storm.summary.check
            if storm.trouble:
                self._note(check, storm.trouble)
            found = [nodes.paragraph("", "", nodes.strong(text=storm.verdict))]
            found.append(nodes.paragraph(text=storm.words))
            words = [nodes.paragraph(text=storm.summary.claim)]
            name = f"storm-{check.replace('_', '-')}"
            yield _row(name, storm.kind, words, found, self._so(check, storm.so))

    def _so(self, key: str, anchor: str) -> list[nodes.paragraph]:
        """The item of the checklist that says what to do."""
        if not anchor:
            return [nodes.paragraph("", "–")]
        if anchor not in self._titles:
            self._note(key, f"the checklist has no item {anchor!r}")
        words = self._titles.get(anchor, anchor)
        return [self._link(words, self._env.config.claims_checklist, anchor)]

    def _link(self, words: str, page: str, anchor: str) -> nodes.paragraph:
        return nodes.paragraph("", "", self.reference(words, page, anchor))

    def reference(self, words: str, page: str, anchor: str) -> nodes.reference:
        link = self._builder.get_relative_uri(self._here, page)
        return nodes.reference("", words, internal=True, refuri=f"{link}#{anchor}")


def titles(env: BuildEnvironment) -> Mapping[str, str]:
    """The checklist's items by anchor; none if there is no checklist."""
    path = Path(env.doc2path(env.config.claims_checklist))
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    heads = re.findall(r"^## (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-"): head for head in heads}


def _verdict(judged: Judged) -> str:
    """What was found, and what was expected only where that differs."""
    differs = f" (expected: {judged.claim.expectation})" if judged.unexpected else ""
    return f"{judged.sign} {judged.verdict}{differs}"


def _named(judged: Judged) -> str:
    *others, last = judged.broken_by
    return f"{', '.join(others)} and {last}" if others else last


def _row(name: str, kind: str, *cells: list[nodes.paragraph]) -> nodes.row:
    row = nodes.row("", *(nodes.entry("", *cell) for cell in cells))
    row["classes"], row["ids"] = [f"claim-{kind}"], [name]
    return row
