"""What holds of a whole build, whatever its pages show."""

from __future__ import annotations

import contextlib
import itertools
import pickle
import re
import subprocess
import sys
from urllib.parse import unquote, urlsplit

import nbformat
import psutil
import pytest
from gone import assert_gone
from sites import INSIDE, KAFKA_PAGE, RUN, WORKERS_PAGE, Site, build, environment

from electionlab.book.page_turns import Page, look
from electionlab.host.waiting import wait_until

pytestmark = [pytest.mark.live, pytest.mark.timeout(3600)]


WARNS = re.compile(r"\w*Warning\b|WARNING|Traceback|\[IPKernelApp\]")


def _warnings(log: str) -> list[str]:
    """What looks like a warning in a build's log, each with the lines around it."""
    lines = log.splitlines()
    return [
        "\n".join(lines[max(0, number - 3) : number + 40])
        for number, line in enumerate(lines)
        if WARNS.search(line)
    ]


@pytest.mark.parametrize(
    "line",
    [
        "docs/a.md:3: WARNING: Lexing literal_block",
        "[IPKernelApp] WARNING | Kernel is running over TCP without encryption.",
        "conf.py:3: DeprecationWarning: gone in Sphinx 10",
        "Traceback (most recent call last):",
    ],
)
def test_what_looks_like_a_warning_is_noticed(line):
    log = f"reading sources\n{line}\ndone"
    assert _warnings(log) == [log]


def test_the_build_says_nothing_that_looks_like_a_warning(site):
    warnings = _warnings(site.log)
    assert not warnings, "\n…\n".join(warnings)
    assert "build succeeded" in site.log


def _page(site: Site, name: str) -> Page:
    (path,) = site.root.glob(f"{name}.*")
    return look(name, path)


def test_pages_with_ports_of_their_own_ran_beside_those_that_take_turns(site):
    """By the times that myst-nb notes for each executed page."""
    pickled = site.html / ".doctrees" / "environment.pickle"
    noted = pickle.loads(pickled.read_bytes()).nb_metadata
    ran = {name: told["exec_data"] for name, told in noted.items() if "exec_data" in told}
    begun = {name: told["mtime"] - told["runtime"] for name, told in ran.items()}
    ended = {name: told["mtime"] for name, told in ran.items()}
    own = {name for name in ran if _page(site, name).own_ports}
    turns = sorted(set(ran) - own, key=lambda name: begun[name])
    assert {*RUN, "docs/two-ways"} <= set(turns)
    assert "docs/beyond-one-machine" in own
    for first, second in itertools.pairwise(turns):
        assert ended[first] <= begun[second]
    assert any(
        begun[one] < ended[other] and begun[other] < ended[one] for one in own for other in turns
    )


def _processes_of(site: Site) -> set[int]:
    """Those that have the site's folder in their environment: whatever the build began has it."""
    found = set()
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if str(site.root) in process.environ().get("PYTHONPATH", ""):
                found.add(process.pid)
    return found


def test_nothing_is_left_running_after_the_build(site):
    assert_gone([])
    command = [sys.executable, "-c", "print('begun', flush=True); input()"]
    with subprocess.Popen(
        command, env=environment(site.root), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout and child.stdout.readline()
        wait_until(
            lambda: _processes_of(site) == {child.pid},
            within=30,
            why=lambda: f"{_processes_of(site)} run, and only {child.pid} should",
        )


def test_no_local_link_is_broken(site):
    broken = []
    for name in site.pages():
        page, here = site.page(name), site.html / f"{name}.html"
        for element in page.select("[href], [src]"):
            address = element.get("href") or element.get("src")
            parts = urlsplit(address)
            if parts.scheme:
                continue
            top = site.html if parts.path.startswith("/") else here.parent  # 404.html's
            target = (top / unquote(parts.path).lstrip("/")).resolve() if parts.path else here
            if not target.exists():
                broken.append(f"{name}: {address}")
            elif parts.fragment and target.suffix == ".html":
                there = target.relative_to(site.html.resolve()).with_suffix("")
                if not site.page(str(there)).find(id=unquote(parts.fragment)):
                    broken.append(f"{name}: {address}")
    assert not broken


def test_each_notebook_can_be_downloaded_with_the_outputs_of_this_build(site):
    notebooks = [name for name in site.pages() if name.startswith("notebooks/")]
    assert notebooks
    for name in notebooks:
        (link,) = site.page(name).select("a.btn-download-executed-button")
        copy = (site.html / f"{name}.html").parent / link["href"]
        cells = nbformat.read(copy, as_version=4).cells
        assert "does not run alone" in cells[0].source
        assert sum(bool(cell.get("outputs")) for cell in cells) > 5
        assert "does not run alone" not in site.page(name).get_text()


def test_the_reference_names_no_folder_of_this_machine(site):
    for page in (site.html / "docs" / "reference").glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "PosixPath" not in text and str(site.root) not in text, page.name


def test_the_pages_load_nothing_from_elsewhere(site):
    for name in site.pages():
        for element in site.page(name).select("script[src], link[rel=stylesheet], img[src]"):
            address = element.get("src") or element.get("href")
            assert not urlsplit(address).netloc, f"{name}: {address}"


def test_no_page_weighs_more_than_a_megabyte_and_a_half(site):
    weights = {name: (site.html / f"{name}.html").stat().st_size for name in site.pages()}
    assert {name: weight for name, weight in weights.items() if weight > 1_500_000} == {}


def test_every_image_has_an_alternative_text(site):
    pictures = [
        (name, picture)
        for name in site.pages()
        for picture in site.page(name).select("img, figure svg")
    ]
    assert {*RUN, INSIDE, WORKERS_PAGE, KAFKA_PAGE} <= {name for name, _ in pictures}
    for name, picture in pictures:
        assert picture.get("alt") or picture.get("aria-label"), f"{name}: {picture}"


def test_a_second_build_executes_nothing(site):
    before = {name: (site.html / f"{name}.html").stat().st_mtime for name in site.pages()}
    told = build(site.root)
    assert told.returncode == 0, told.stdout
    assert "0 added, 0 changed, 0 removed" in told.stdout
    assert {
        name: (site.html / f"{name}.html").stat().st_mtime for name in RUN
    }.items() <= before.items()
