"""Sphinx: what answers a guess is folded, until a reader opens it.

A notebook asks what will happen, and gives the tag `folded` to the cell that shows it. On a page
that cell's output, and all that follows in its section, is in a `<details>`. It needs no
JavaScript, and a print opens it. In JupyterLab nothing has to be folded: a reader guesses there
before running the cell.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

TAG = "tag_folded"
OPENS = '<details class="folded"><summary>What happened</summary>'
CLOSES = "</details>"


def fold(_app: Sphinx, document: nodes.document) -> None:
    """Fold from the output of the first cell with the tag to the end of its section."""
    folding: set[int] = set()
    for cell in list(document.findall(nodes.container)):
        section = cell.parent
        if TAG not in cell["classes"] or id(section) in folding:
            continue
        folding.add(id(section))
        place = section.index(cell)
        if shown := [child for child in cell.children if "cell_input" in child["classes"]]:
            before = cell.copy()  # without its children
            for child in shown:
                cell.remove(child)
                before += child
            section.insert(place, before)
            place += 1
        section.insert(place, nodes.raw("", OPENS, format="html"))
        end = section.first_child_matching_class(nodes.section, start=place) or len(section)
        section.insert(end, nodes.raw("", CLOSES, format="html"))


def setup(app: Sphinx) -> ExtensionMetadata:
    app.connect("doctree-read", fold)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
