"""What pages offer to readers who come upon them somewhere, and to those who write them."""

from __future__ import annotations

import contextlib
import re
import struct
import subprocess
import urllib.request
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from gone import end_group
from sites import build, copy_workbook, environment

from electionlab.host import ports
from electionlab.host.folders import PROJECT
from electionlab.host.waiting import wait_until

NOTEBOOK = "notebooks/01-walkthrough"
REPOSITORY = "https://github.com/someone/election"
QUICK = [
    *("-D", f"include_patterns=index.md,docs/glossary.md,{NOTEBOOK}.ipynb"),
    *("-D", "nb_execution_mode=off", "-D", "suppress_warnings=*", "-Q"),
]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_workbook(tmp_path_factory.mktemp("book") / "book")


def pages(book: Path, *options: str) -> dict[str, BeautifulSoup]:
    """A few pages, built without being executed."""
    build(book, *QUICK, *options)
    html = book / "_build" / "html"
    return {
        name: BeautifulSoup((html / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
        for name in ("index", "docs/glossary", NOTEBOOK)
    }


def links(page: BeautifulSoup) -> list[str]:
    return [str(link["href"]) for link in page.select("a[href]")]


def test_without_the_repositorys_address_no_button_leads_anywhere(book):
    for page in pages(book).values():
        assert not page.select(".dropdown-launch-buttons, .btn-source-repository-button")
        assert not [link for link in links(page) if "mybinder" in link or "codespaces" in link]


def test_with_it_notebooks_open_on_binder_and_in_codespaces_and_other_pages_do_not(book):
    made = pages(book, "-D", f"repository={REPOSITORY}.git")
    binder = f"https://mybinder.org/v2/gh/someone/election/main?urlpath=lab/tree/{NOTEBOOK}.ipynb"
    assert binder in links(made[NOTEBOOK])
    assert "https://codespaces.new/someone/election" in links(made[NOTEBOOK])
    for name, page in made.items():
        assert REPOSITORY in links(page)
        if name != NOTEBOOK:
            assert not [link for link in links(page) if "mybinder" in link or "codespaces" in link]
    gitlab = pages(book, "-D", "repository=https://gitlab.com/someone/election")
    assert [link for link in links(gitlab[NOTEBOOK]) if "/v2/gl/someone%2Felection/main?" in link]
    assert not [link for link in links(gitlab[NOTEBOOK]) if "codespaces" in link]


def test_what_is_no_address_of_a_repository_is_refused_in_one_sentence(book):
    told = build(book, "-D", "repository=election", "-D", "nb_execution_mode=off")
    assert told.returncode != 0
    assert "`repository` in conf.py is the address" in told.stdout
    assert "Traceback" not in told.stdout


def card(page: BeautifulSoup) -> dict[str, str]:
    return {str(tag["property"]): str(tag["content"]) for tag in page.select("meta[property]")}


def test_a_link_to_a_page_shows_its_title_and_what_it_is_about(book):
    made = pages(book)
    for name, page in made.items():
        told = card(page)
        assert told["og:title"] == page.select_one("h1").find(string=True).strip()
        assert 20 < len(told["og:description"]) <= 200
        assert told["og:type"] == ("website" if name == "index" else "article")
        assert page.select_one("meta[name=description]")["content"] == told["og:description"]
        assert "og:image" not in told  # nobody knows where it will be
    told = card(pages(book, "-D", "html_baseurl=https://example.org/here/")["docs/glossary"])
    assert told["og:url"] == "https://example.org/here/docs/glossary.html"
    assert told["og:image"] == "https://example.org/here/_static/card.png"
    assert (book / "_build" / "html" / "_static" / "card.png").is_file()


def test_the_card_has_the_size_that_others_show_and_the_icon_can_be_drawn():
    head = (PROJECT / "docs" / "_static" / "card.png").read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", head[16:]) == (1200, 630)
    icon = ElementTree.parse(PROJECT / "docs" / "_static" / "favicon.svg").getroot()
    assert icon.get("viewBox") == "0 0 32 32"


@pytest.mark.parametrize(
    ("base", "top"),
    [("", "/"), ("https://example.org/", "/"), ("https://example.org/here/", "/here/")],
)
def test_a_page_that_there_is_not_leads_to_those_that_there_are_from_any_depth(book, base, top):
    pages(book, "-D", f"html_baseurl={base}")
    text = (book / "_build" / "html" / "404.html").read_text(encoding="utf-8")
    page = BeautifulSoup(text, "html.parser")
    assert links(page) == [f"{top}{name}.html" for name in ("index", NOTEBOOK, "docs/glossary")]
    assert not page.select("script, img, link")  # it could not find them


def test_make_live_builds_anew_what_is_saved(book):
    root = book.parent / "live"
    copy_workbook(root)
    for name in ("Makefile", "pyproject.toml", "requirements-dev.txt"):
        (root / name).write_bytes((PROJECT / name).read_bytes())
    for name in ("ready", "ready-dev"):  # make need not set anything up
        (root / name).write_text(f"{root.resolve()}\n", encoding="utf-8")
    port = ports.free_port()
    options = f"-D include_patterns=index.md,docs/glossary.md --port {port}"
    running = subprocess.Popen(
        [
            *("make", "live", f"SPHINXOPTS={options} -D suppress_warnings=*"),
            *(f"VENV={PROJECT / '.venv'}", "READY=ready", "READY_DEV=ready-dev"),
        ],
        cwd=root,
        env=environment(root),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )

    def serves(words: str) -> bool:
        assert running.poll() is None
        with contextlib.suppress(OSError):
            address = f"http://127.0.0.1:{port}/docs/glossary.html"
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            return words in opener.open(address, timeout=10).read().decode()
        return False

    try:
        wait_until(lambda: serves("Glossary"), within=120, why=lambda: "nothing is served")
        page = root / "docs" / "glossary.md"
        page.write_text(page.read_text("utf-8") + "\nWords that are new.\n", encoding="utf-8")
        wait_until(
            lambda: serves("Words that are new."), within=120, why=lambda: "it is not built anew"
        )
    finally:
        end_group(running)


def test_links_are_checked_in_what_was_built():
    command = ["make", "-n", "linkcheck", "HTML=_build/elsewhere"]
    told = subprocess.check_output(command, cwd=PROJECT, encoding="utf-8")
    assert re.search(r"electionlab build .*linkcheck", told, re.DOTALL)  # first the pages
    assert '-b linkcheck -d "_build/elsewhere/.doctrees"' in told
