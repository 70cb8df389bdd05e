"""How far a build is: what is printed of it, where, and what the next build expects."""

import contextlib
import json
import multiprocessing
import os
import pty
import re

import psutil
import pytest
from gone import assert_gone

from electionlab.book.progress_lines import CLEAR, ProgressLines, Running, done, going
from electionlab.host.waiting import wait_until


def page(name="notebooks/04-break-kafka", cell=12, cells=60, expected_s=120.0):
    return Running(name, cell, cells, begun=100.0, expected_s=expected_s)


def test_a_page_tells_its_cell_the_time_that_passed_and_the_expected():
    assert going([page()], 140.4, 80) == (
        "notebooks/04-break-kafka: cell 12 of 60, 40 s of about 120"
    )
    assert going([page(expected_s=None)], 140.4, 80).endswith("cell 12 of 60, 40 s")


def test_several_pages_share_a_line_in_short_and_it_is_never_longer_than_a_terminals():
    pages = [page(), page("docs/playbook", 3, 18, None), page("notebooks/05-how-fast", 1, 9)]
    line = (
        "04-break-kafka 12/60, 40 s of about 120; playbook 3/18, 40 s; 05-how-fast 1/9, 40 s of a"
    )
    assert going(pages, 140, 200).startswith("notebooks/04-break-kafka: cell 12 of 60")
    assert going(pages, 140, len(line) + 1) == line
    assert going(pages, 140, 30) == line[:29]


def test_a_page_that_is_done_has_a_line_with_its_seconds_and_one_that_failed_its_cell():
    assert done(page(), 218.0, True) == (
        "notebooks/04-break-kafka: 60 cells in 118 s (about 120 expected)"
    )
    assert done(page(expected_s=None), 218.0, True).endswith("60 cells in 118 s")
    assert done(page(), 218.0, False) == (
        "notebooks/04-break-kafka: failed in cell 12 of 60 after 118 s of about 120"
    )


def build(kept, pages):
    """What a build prints whose pages are executed side by side, each by a process of its own."""
    lines = ProgressLines()
    lines.start(kept)
    fork = multiprocessing.get_context("fork")
    readers = [fork.Process(target=reads, args=(lines, *page)) for page in pages]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    lines.end("a-page-to-read", succeeded=False)
    lines.finish()


def reads(lines, name, cells, succeeded):
    for cell in range(cells + 1):
        lines.cell(name, cell, cells)
    lines.end(name, succeeded)


def test_all_pages_get_their_lines_and_the_next_build_expects_what_they_took(tmp_path, capfd):
    kept = tmp_path / "page-seconds.json"
    pages = [(f"page{number}", 30, number != 3) for number in range(8)]
    build(kept, pages)
    told = sorted(capfd.readouterr().err.splitlines())
    assert told == [
        f"page{number}: "
        + ("failed in cell 30 of 30 after 0 s" if number == 3 else "30 cells in 0 s")
        for number in range(8)
    ]
    took = json.loads(kept.read_text(encoding="utf-8"))
    assert sorted(took) == sorted(name for name, _, succeeded in pages if succeeded)
    kept.write_text(json.dumps({"page0": 61.2, "elsewhere": 3.0}), encoding="utf-8")
    build(kept, pages[:1])
    assert capfd.readouterr().err == "page0: 30 cells in 0 s (about 61 expected)\n"
    now = json.loads(kept.read_text(encoding="utf-8"))
    assert now.pop("page0") < 61
    assert now == {"elsewhere": 3.0}


@pytest.mark.parametrize("text", ["", "[1]", "{"])
def test_what_is_kept_may_be_damaged(tmp_path, capfd, text):
    kept = tmp_path / "page-seconds.json"
    kept.write_text(text, encoding="utf-8")
    build(kept, [("page", 2, True)])
    assert capfd.readouterr().err == "page: 2 cells in 0 s\n"
    assert list(json.loads(kept.read_text(encoding="utf-8"))) == ["page"]


def test_on_a_terminal_the_page_is_updated_in_place_until_it_is_done(tmp_path):
    ours, theirs = pty.openpty()
    kept = os.dup(2)
    os.dup2(theirs, 2)
    try:
        lines = ProgressLines()
        lines.start(tmp_path / "page-seconds.json")
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(theirs)
    said = ""

    def says(words):
        nonlocal said
        said += os.read(ours, 10_000).decode()
        return words in said

    lines.cell("page", 7, 9)
    wait_until(lambda: says("page: cell 7 of 9, 1 s"), within=20, why=lambda: said)
    assert "\n" not in said
    lines.end("page", True)
    lines.finish()
    with contextlib.suppress(OSError):  # so Linux says that nobody has the terminal any more
        while more := os.read(ours, 10_000).decode():
            said += more
    os.close(ours)
    assert re.search(re.escape(CLEAR) + r"page: 9 cells in \d s\r\n", said)
    assert said.endswith(CLEAR)


def test_it_ends_when_the_build_was_killed(tmp_path):
    def begins_and_dies(listen):
        lines = ProgressLines()
        lines.start(tmp_path / "page-seconds.json")
        listen.send(multiprocessing.active_children()[0].pid)
        os._exit(9)

    ours, theirs = multiprocessing.Pipe(duplex=False)
    builder = multiprocessing.get_context("fork").Process(target=begins_and_dies, args=(theirs,))
    builder.start()
    printer = psutil.Process(ours.recv())
    builder.join()
    assert_gone([printer], [])
