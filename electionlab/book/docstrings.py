"""Docstrings as the reference shows them: what is indented in them is code, and stays as it is."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx


def show_code(*event: Any) -> None:
    """Make each indented block after an empty line a literal block: reStructuredText would take it
    for a quotation or a definition list. For Sphinx's `autodoc-process-docstring`, whose last
    argument is the list of lines to change."""
    lines: list[str] = event[-1]
    for number in range(len(lines) - 1, 0, -1):
        before = next((line for line in reversed(lines[:number]) if line.strip()), "")
        begins = lines[number].startswith("    ") and not lines[number - 1].strip()
        continues = before.startswith("    ") or before.endswith("::")
        if begins and not continues and not re.match(r"[-*] |\.\. ", before):
            lines[number:number] = ["::", ""]


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", show_code)
    return {"parallel_read_safe": True}
