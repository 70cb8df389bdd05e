"""Sphinx: buttons that open a notebook elsewhere, from one setting with the repository's address.

While `repository` in conf.py is empty there are no buttons: a copy of the workbook must not lead
its readers to somebody else's.
"""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.typing import ExtensionMetadata

ADDRESS = re.compile(r"(https://(?:github|gitlab)\.com)/([\w.-]+)/([\w.-]+?)(?:\.git)?/?")
BRANCH = "main"


def offer(_app: Sphinx, config: Config) -> None:
    """Tell the theme where the repository is. SystemExit for an address that it could not use:
    Sphinx would bury an error under a report."""
    if not config.repository:
        return
    found = ADDRESS.fullmatch(config.repository)
    if not found:
        raise SystemExit(
            "electionlab: `repository` in conf.py is the address of a repository on GitHub or "
            f"GitLab, as in https://github.com/OWNER/NAME, and not {config.repository!r}."
        )
    config.html_theme_options = {
        **config.html_theme_options,
        "repository_url": "/".join(found.groups()),
        "repository_branch": BRANCH,
        "use_repository_button": True,
        "use_issues_button": True,
        "launch_buttons": {
            "binderhub_url": "https://mybinder.org",
            "notebook_interface": "jupyterlab",
        },
    }


def launch(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    """Offer to open notebooks alone, since JupyterLab shows other pages as text; on GitHub in
    Codespaces, too."""
    found = ADDRESS.fullmatch(app.config.repository)
    buttons = context.get("header_buttons", [])
    for group in [button for button in buttons if button.get("label") == "launch-buttons"]:
        if not page.startswith("notebooks/"):
            buttons.remove(group)
        elif found and found[1] == "https://github.com":
            group["buttons"].append(
                {
                    "type": "link",
                    "text": "Codespaces",
                    "tooltip": "Open the workbook in Codespaces",
                    "icon": "fas fa-laptop-code",
                    "url": f"https://codespaces.new/{found[2]}/{found[3]}",
                }
            )


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_config_value("repository", "", "html", frozenset({str}))
    app.connect("config-inited", offer)
    app.connect("html-page-context", launch, priority=502)  # after the theme's own
    return {"parallel_read_safe": True, "parallel_write_safe": True}
