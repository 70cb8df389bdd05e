"""Stand-ins for pages: how a build executes several, and what is left when it is broken off."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import psutil
import pytest
from gone import assert_gone, end_group
from sites import build, copy_workbook, environment

from electionlab.errors import LabError
from electionlab.host.folders import cache_folder
from electionlab.host.waiting import stretched, wait_until
from electionlab.kafka import aot_cache, zookeeper_home
from electionlab.kafka.install import LOCK, prepare
from electionlab.kafka.installation import SCRATCH

pytestmark = [pytest.mark.own_ports, pytest.mark.usefixtures("own_locks")]
T = TypeVar("T")
HEAD = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n{}---\n\n# {}\n"
CELL = "\n```{{code-cell}} ipython3\n{}\n```\n"
# Each page says when it begins and ends; `meet` waits until another one has begun.
BEGIN = """
import os, time
from pathlib import Path
from myst_nb import glue
notes = Path("notes")
def note(words):
    with notes.open("a") as file:
        file.write(f"{{words}}\\n")
def meet(other):
    begun = time.monotonic()
    while f"{{other}} begins" not in notes.read_text() and time.monotonic() < begun + 60:
        time.sleep(0.05)
note("{0} begins")
glue("of-{0}", "glued by {0}", display=False)
"""


class Book:
    """A copy of the workbook with pages of its own; `notes` is what their cells have written."""

    def __init__(self, root: Path) -> None:
        self.root = copy_workbook(root)
        self.pages: list[str] = []

    def page(self, name: str, cell: str, *, ports: str = "", text: str = "") -> None:
        head = HEAD.format(f"ports: {ports}\n" if ports else "", name)
        cells = CELL.format(BEGIN.format(name).strip()) + CELL.format(cell)
        cells += CELL.format(f"note('{name} ends')")
        (self.root / f"{name}.md").write_text(f"{head}{cells}\n{text}\n", encoding="utf-8")
        self.pages.append(name)

    def options(self) -> list[str]:
        others = "\n".join(self.pages)
        glued = "\n".join(f"```{{glue}} of-{page}\n:doc: {page}.md\n```\n" for page in self.pages)
        first = f"# First\n\n{glued}\n```{{toctree}}\n{others}\n```\n"
        (self.root / "first.md").write_text(first, encoding="utf-8")
        (self.root / "notes").write_text("", encoding="utf-8")
        pages = ",".join(f"{page}.md" for page in ["first", *self.pages])
        return ["-D", "root_doc=first", "-D", f"include_patterns={pages}"]

    def build(self, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
        return build(self.root, *self.options(), *options, **more)

    def notes(self) -> list[str]:
        return (self.root / "notes").read_text(encoding="utf-8").splitlines()

    def html(self, name: str) -> str:
        return (self.root / "_build" / "html" / f"{name}.html").read_text(encoding="utf-8")


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path / "book")


def test_a_page_with_ports_of_its_own_runs_beside_those_that_take_turns(book):
    """By what was begun before what ended; each would time out if it ran alone."""
    book.page("one", "meet('mine')")
    book.page("two", "print('fine')")
    book.page("mine", "meet('one'); meet('two')", ports="own")
    told = book.build(CI="")
    assert told.returncode == 0, told.stdout
    notes = book.notes()
    assert notes.index("mine begins") < notes.index("one ends")
    assert notes.index("one ends") < notes.index("two begins") < notes.index("mine ends")
    # What they have glued is found on another page, which was read before them.
    for page in book.pages:
        assert f"glued by {page}" in book.html("first")
        assert "Waiting" not in book.html(page)

    # With each output in the cache nothing is executed again, though all is read anew.
    told = book.build("-E", CI="")
    assert (told.returncode, book.notes()) == (0, []), told.stdout
    assert "glued by mine" in book.html("first")


def test_one_at_once_is_one_after_the_other(book):
    for name in ("one", "two"):
        book.page(name, "time.sleep(0.1)", ports="own")
    told = book.build("-D", "pages_at_once=1")
    assert told.returncode == 0, told.stdout
    assert book.notes() == ["one begins", "one ends", "two begins", "two ends"]


def test_a_build_says_how_long_each_page_took_and_the_next_one_what_it_expected(book):
    for name in ("one", "two"):
        book.page(name, "time.sleep(1)", ports="own")
    told = book.build()
    assert told.returncode == 0, told.stdout
    for name in book.pages:
        assert re.search(rf"^{name}: 3 cells in \d+ s$", told.stdout, re.MULTILINE), told.stdout
        assert "3 cells in" not in book.html(name)
    told = book.build("-E", "-q")
    assert re.search(r"^one: 3 cells in \d+ s \(about \d+ expected\)$", told.stdout, re.MULTILINE)
    assert book.build("-E", "-Q").stdout == ""


def test_no_more_run_at_once_than_were_asked_for(book):
    # The first two wait for each other, so there are two at once on the slowest machine.
    for name, other in (("page0", "page1"), ("page1", "page0")):
        book.page(name, f"meet('{other}'); time.sleep(0.5)", ports="own")
    for name in ("page2", "page3"):
        book.page(name, "time.sleep(0.5)", ports="own")
    told = book.build("-j", "2")
    assert told.returncode == 0, told.stdout
    running = most = 0
    for note in book.notes():
        running += 1 if note.endswith("begins") else -1
        most = max(most, running)
    assert most == 2


def test_a_reader_that_is_killed_fails_the_build_in_one_sentence(book):
    book.page("one", "time.sleep(100)", ports="own")
    book.page("two", f"os.kill(os.getppid(), {int(signal.SIGKILL)})", ports="own")
    told = book.build()
    assert told.returncode != 0
    assert told.stdout.count("electionlab: a process that read a page was ended by signal 9") == 1


# A cache that has all but the KAFKA_HOME


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    prepare()
    zookeeper_home.make_home()
    cache = tmp_path / "cache"
    for lock in (LOCK, zookeeper_home.LOCK):
        (cache / lock).mkdir(parents=True)
        for jar in (cache_folder() / lock).glob("*.jar"):
            (cache / lock / jar.name).symlink_to(jar)
    # Nothing here boots the Kafka without ZooKeeper: it need not be trained anew for this path.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ELECTIONLAB_CACHE", str(cache))
        patch.setattr(aot_cache, "train", untrained)
        prepare()
    return cache


def untrained(_: object) -> None:
    raise LabError("this test wants no AOT cache")


def test_a_kafka_home_that_cannot_be_made_meanwhile_is_told_in_one_sentence(book, cache):
    (cache / zookeeper_home.LOCK / "home.lock").mkdir()
    book.page("one", "print('fine')")
    told = book.build(ELECTIONLAB_CACHE=str(cache))
    assert told.returncode != 0
    assert len(re.findall("cannot be used", told.stdout)) == 1, told.stdout
    assert "Traceback" not in told.stdout


def test_pages_begin_while_the_kafka_home_is_made_and_those_that_need_it_wait(book, cache):
    needs = textwrap.dedent(
        """
        from electionlab.kafka.kafka_home import find_home
        before = (Path(os.environ["ELECTIONLAB_CACHE"]) / "kafka-3.9.1").glob("home-*")
        print("made before:", len(list(before)))
        print(find_home())
        """
    ).strip()
    book.page("one", needs)
    told = book.build(ELECTIONLAB_CACHE=str(cache))
    assert told.returncode == 0, told.stdout
    assert "made before: 0" in book.html("one")
    assert "Kafka 3.9.1 in" in book.html("one")
    assert "Training" not in book.html("one")
    assert "Training" not in told.stdout


# What is broken off


def family(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


@pytest.fixture
def started(book, cache) -> Iterator[subprocess.Popen[bytes]]:
    """A build in the midst: pages are executed, others wait, and a JVM trains. It stands still,
    or it might have finished before the build is broken off."""
    for name in ("one", "two", "mine"):
        book.page(name, "time.sleep(100)", ports="own" if name == "mine" else "")
    command = [sys.executable, "-m", "sphinx", *book.options(), ".", "_build/html"]
    running = subprocess.Popen(
        command,
        cwd=book.root,
        env={**environment(book.root), "ELECTIONLAB_CACHE": str(cache)},
        start_new_session=True,
    )
    try:

        def wait(condition: Callable[[], T]) -> T:
            why = lambda: f"{book.notes()}, {family(running.pid)}"  # noqa: E731
            return wait_until(condition, within=60, why=why, every=0.02)

        jvm = wait(lambda: next((p for p in family(running.pid) if p.name() == "java"), None))
        jvm.suspend()
        wait(lambda: {"one begins", "mine begins"} <= set(book.notes()))
        yield running
    finally:
        end_group(running)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_build_that_is_broken_off_leaves_nothing(started, cache, number):
    below = family(started.pid)
    if number == signal.SIGINT:
        os.killpg(started.pid, number)
    else:
        started.send_signal(number)
    started.wait(stretched(30))
    assert_gone(below, [])
    assert not list((cache / zookeeper_home.LOCK).glob(f"{SCRATCH}*"))
    assert not list((cache / zookeeper_home.LOCK).glob("home-*"))
