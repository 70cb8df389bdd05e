"""Sphinx: a page for the log of each run that a page shows, and links from evidence to its lines.

`Logs` leaves all lines of its runs in the outputs of a page. Each run becomes a plain HTML file
with an anchor for each line, so that the links work offline and without JavaScript. In the evidence
of the page's verdicts, a second at which a log has a line leads there; what was seen otherwise (by
the broker, by asking) has no line, and no link.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from electionlab.book.executed_copies import executed
from electionlab.lab.log_downloads import KEY, WHOLE_RUN
from electionlab.pictures.drawing import marks
from electionlab.pictures.drawing.svg import tag

FOLDER = "_logs"
BUILDERS = {"html", "dirhtml"}
"""Those that write a file for each page."""
LINES_A_PAGE = 4000

Row = tuple[str, str, str, int, str]
"""The second, the worker, the log, the number of the line in it, and its text."""
Runs = Mapping[str, Mapping[str, Any]]
"""What `Logs` leaves: each run by name, with its `workers` and `lines` (a list of `Row`)."""

LINE = re.compile(
    r'<span class="log-line" data-worker="([^"]*)" data-line="(\d+)">(-?[\d.]+)( s)?</span>'
)
RUN = re.compile(r'<span class="log-of" data-run="([^"]*)">(.*?)</span>')


def runs_of(notebook: Path) -> Runs:
    """The logs in the outputs of an executed page; empty if it shows none."""
    text = notebook.read_text(encoding="utf-8") if notebook.is_file() else ""
    if KEY not in text:
        return {}
    outputs = (out for cell in json.loads(text)["cells"] for out in cell.get("outputs", ()))
    found: dict[str, Mapping[str, Any]] = {}
    for output in outputs:
        found |= output.get("metadata", {}).get(KEY, {})
    return found


def anchor(log: str, line: int) -> str:
    return f"{log}-L{line}"


def parts_of(name: str, run: Mapping[str, Any]) -> dict[str, list[Row]]:
    """The lines of a run by the names of the pages that have them: more than one if it is long."""
    lines = run["lines"]
    starts = range(0, max(len(lines), 1), LINES_A_PAGE)
    names = [name if not start else f"{name}-{place}" for place, start in enumerate(starts, 1)]
    return {
        page: lines[start : start + LINES_A_PAGE] for page, start in zip(names, starts, strict=True)
    }


def linked(body: str, runs: Runs, address: Callable[[str], str]) -> str:
    """The HTML of a page with links to its logs. `address` gives that of a page of a log."""
    anchors = {
        (worker, str(line), second): f"{address(part)}#{anchor(log, line)}"
        for name, run in runs.items()
        for part, lines in parts_of(name, run).items()
        for second, worker, log, line, _ in lines
    }

    def link(found: re.Match[str]) -> str:
        worker, line, second, unit = found.groups(default="")
        words, target = f"{second}{unit}", anchors.get((worker, line, second))
        title = f"line {line} of the log of worker {worker}"
        return (
            f'<a class="log-line" href="{target}" title="{title}">{words}</a>' if target else words
        )

    body = LINE.sub(link, body)
    return RUN.sub(
        lambda m: f'<a href="{address(m[1])}">{m[2]}</a>' if m[1] in runs else m[2], body
    )


def log_pages(name: str, run: Mapping[str, Any], title: str, back: str) -> dict[str, str]:
    """The pages of a run's log by name: its lines in order of time, each with an anchor. `back`
    leads to the page that shows the run, which has that `title`."""
    template = Template(files(__package__).joinpath("log_page.html").read_text(encoding="utf-8"))
    looks = marks.of(run["workers"])
    styles = "\n".join(
        f"li.{_class(who)} {{ background-image: {_image(look)}; }}" for who, look in looks.items()
    )
    parts = parts_of(name, run)
    words = "the whole run" if name == WHOLE_RUN else name
    more = "".join(
        f' <a href="{part}.html">Part {number} of {len(parts)}</a>.'
        for number, part in enumerate(parts, 1)
        if len(parts) > 1
    )
    return {
        part: template.substitute(
            run=html.escape(words),
            title=html.escape(title),
            back=html.escape(back),
            styles=styles,
            more=more,
            lines="\n".join(map(_line, lines)),
        )
        for part, lines in parts.items()
    }


def _class(worker: str) -> str:
    return f"w{worker}"


def _image(look: marks.Look) -> str:
    """A worker's mark as an image in CSS: so each line needs only a class."""
    colour, shape = look
    drawn = tag("path", d=shape, fill=colour)
    svg = tag("svg", drawn, xmlns="http://www.w3.org/2000/svg", viewBox="-7 -7 14 14")
    return f'url("data:image/svg+xml,{quote(svg)}")'


def _line(row: Row) -> str:
    second, worker, log, line, text = row
    return (
        f'<li id="{anchor(log, line)}" class="{_class(worker)}"><span>{second} s</span> '
        f"<b>{worker}</b> <i>line {line}</i> <code>{html.escape(text)}</code></li>"
    )


def write(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Write the logs of a page's runs, and put the links to them into its body."""
    if doctree is None or app.builder.name not in BUILDERS:
        return
    runs = runs_of(executed(app, page))
    if not runs:
        return
    context["body"] = linked(
        context["body"], runs, lambda name: context["pathto"](f"{FOLDER}/{page}/{name}.html", 1)
    )
    folder = Path(app.outdir, FOLDER, page)
    folder.mkdir(parents=True, exist_ok=True)
    up = "../" * len(Path(FOLDER, page).parts)
    title = html.unescape(nodes.document.astext(app.env.titles[page]))
    for name, run in runs.items():
        pages = log_pages(name, run, title, up + app.builder.get_target_uri(page))
        for part, text in pages.items():
            (folder / f"{part}.html").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> ExtensionMetadata:
    app.connect("html-page-context", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
