"""Sphinx: names for what opens and closes a part of the contents. The theme draws an arrow, of
which a screen reader has nothing to say."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata


def name_toggles(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    """Have each toggle in the contents named after its part."""
    generate = context.get("generate_toctree_html")
    if generate is None:
        return

    def generate_with_names(*args: Any, **options: Any) -> Any:
        contents = generate(*args, **options)
        if isinstance(contents, BeautifulSoup):
            for toggle in contents.select("details > summary"):
                part = toggle.find_previous("a")
                toggle["aria-label"] = f"Pages of {part.get_text(strip=True)}" if part else "Pages"
        return contents

    context["generate_toctree_html"] = generate_with_names


def setup(app: Sphinx) -> ExtensionMetadata:
    app.connect("html-page-context", name_toggles, priority=502)  # after the theme's own
    return {"parallel_read_safe": True, "parallel_write_safe": True}
