"""What the pages of the reference name."""

import re
from collections.abc import Iterator

from electionlab.host.folders import PROJECT

PAGES = sorted((PROJECT / "docs" / "reference").glob("*.md"))


def reference() -> Iterator[tuple[str, list[str]]]:
    """Each module that a page documents, and the names of its members there; none are all."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for module, members in re.findall(r"automodule:: (\S+)\n   :members:(.*)", text):
            yield module, [name.strip() for name in members.split(",") if name.strip()]
