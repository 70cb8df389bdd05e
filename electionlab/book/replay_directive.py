"""Sphinx: the directive `replay-file`, a place on a page to drop a saved history on, to play it.

    ```{replay-file}
    ```

It comes with all that it needs, and the browser reads the file. Its content is for readers of the
page's source, and for formats other than HTML.
"""

from __future__ import annotations

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from electionlab.pictures.replay import PLAYER, file_player


class ReplayFile(SphinxDirective):
    """The place, and for formats other than HTML the directive's content."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        for path in PLAYER.iterdir():
            self.env.note_dependency(str(path))
        otherwise = addnodes.only("", *self.parse_content_to_nodes(), expr="not html")
        return [nodes.raw("", file_player(), format="html"), otherwise]


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_directive("replay-file", ReplayFile)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
