"""What a build says when it fails."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from gone import end_group
from scripts import kill, script
from sites import PAGE, build, build_page, copy_workbook, environment

from electionlab.book.page_cache import KEPT
from electionlab.host.folders import PROJECT
from electionlab.host.waiting import stretched

pytestmark = [pytest.mark.own_ports, pytest.mark.usefixtures("own_locks")]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return copy_workbook(tmp_path / "book")


def test_every_failing_page_shows_its_traceback_and_the_build_is_red(book):
    told = build_page(book, "first = 1 / 0", "second = [][7]")
    assert told.returncode != 0
    assert "ZeroDivisionError" in told.stdout
    assert "IndexError" in told.stdout


def test_a_verdict_that_is_not_the_expected_one_is_red_and_says_why(book):
    cell = (
        "from electionlab import History, checks\n"
        f"history = History.load({str(PROJECT / 'tests' / 'data' / 'history.jsonl')!r})\n"
        "checks.at_most_one_leader(history).expect('held')"
    )
    told = build_page(book, cell)
    assert told.returncode != 0
    assert "Expected held, and it is broken: At most one worker leads at any time." in told.stdout


def test_a_lab_error_in_a_cell_is_one_sentence(book):
    told = build_page(book, "from electionlab import LabError\nraise LabError('what, why, mend')")
    assert told.returncode != 0
    assert "LabError: what, why, mend" in told.stdout


def test_a_failing_page_is_told_in_short_with_its_cell_and_its_logs(book):
    cell = (
        "from electionlab import LabError\nfrom electionlab.host.folders import new_log\n"
        "print('Its log:', new_log('worker'))\n"
        "raise LabError('what, why, mend')"
    )
    shown = "Here {glue:text}`missing` is shown.\n\n"
    told = build_page(book, cell, "values = []\nassert values", text=shown)
    at = told.stdout.index("page0.md:10: WARNING: Code cell 1 (from electionlab import LabError)")
    lines = told.stdout[at:].splitlines()
    assert lines[1] == "LabError: what, why, mend"
    assert re.fullmatch(
        rf"The logs of its run: {re.escape(str(book))}/_build/runs/[\d-]+ .*", lines[2]
    )
    assert (Path(lines[2].split(": ")[1].split(" [")[0]) / "worker.log").exists()
    assert "----> 2 assert values" in told.stdout
    assert "nbclient" not in told.stdout
    assert "2 warnings" in told.stdout


def test_where_asserts_are_dropped_nothing_is_built(book):
    told = build_page(book, "assert False", PYTHONOPTIMIZE="1")
    assert told.returncode != 0
    assert told.stdout.count("Unset PYTHONOPTIMIZE") == 1
    assert "Traceback" not in told.stdout
    assert not (book / "_build" / "html" / "page0.html").exists()


def test_a_kernel_that_dies_is_a_page_that_failed(book):
    told = build_page(book, "import os\nos.kill(os.getpid(), 9)", "print('fine')")
    assert told.returncode != 0
    assert "page0.md:10: WARNING: Code cell 1 (import os) failed.\nDeadKernelError" in told.stdout
    assert "1 warning " in told.stdout


def test_a_kernel_is_encrypted_and_nothing_warns_of_it(book):
    cell = (
        "from ipykernel.kernelapp import IPKernelApp\nassert IPKernelApp.instance().curve_secretkey"
    )
    told = build_page(book, cell)
    assert told.returncode == 0, told.stdout
    assert "encryption" not in told.stdout


def test_what_a_kernel_says_while_it_ends_is_shown_only_on_request(book):
    """What it says before, beside its messages to the page, is always shown."""
    cell = (
        "import atexit, os\nos.write(2, b'while it ran\\n')\n"
        "atexit.register(os.write, 2, b'Traceback of an interpreter that ends\\n')"
    )
    for option, shown in (("-N", False), ("-v", True)):
        told = build_page(book, cell, option=option)
        assert told.returncode == 0, told.stdout
        assert "while it ran" in told.stdout
        assert ("Traceback of an interpreter that ends" in told.stdout) == shown
        shutil.rmtree(book / "_build")


# Built again, as it was


def test_a_page_that_failed_is_executed_again_and_one_that_did_not_is_not(book):
    """In the first build and in each one after it, as long as it fails."""
    failing = "from pathlib import Path\nassert Path('mended').exists(), 'not mended'"
    count = "Path('count').open('a').write('x')"
    cells = f"from pathlib import Path\n{count}", failing
    for _ in range(2):
        told = build_page(book, *cells, CI="")
        assert told.returncode != 0
        assert "AssertionError: not mended" in told.stdout
    (book / "mended").touch()
    told = build_page(book, *cells, CI="")
    assert told.returncode == 0, told.stdout
    assert "page1.md: Executed notebook" in told.stdout
    told = build_page(book, *cells, CI="")
    assert told.returncode == 0, told.stdout
    assert "Executed notebook" not in told.stdout
    assert (book / "count").read_text(encoding="utf-8") == "x"


def test_a_warning_is_said_again_by_the_next_build(book):
    """Of whatever kind, and however late in the build it comes."""
    (book / "page0.md").write_text(
        "# A page\n\n[](elsewhere.md) {ref}`nowhere`\n", encoding="utf-8"
    )
    options = ["-D", "root_doc=page0", "-D", "include_patterns=page0.md"]
    for _ in range(2):
        told = build(book, *options, CI="")
        assert told.returncode != 0
        assert "'elsewhere.md'" in told.stdout
        assert "nowhere" in told.stdout
        assert "2 warnings" in told.stdout


def test_a_build_that_was_killed_leaves_nothing_to_go_on_with(book):
    """Its pages are written anew, though Sphinx had noted them as read."""
    (book / "page0.md").write_text("# A page\n", encoding="utf-8")
    options = ["-D", "root_doc=page0", "-D", "include_patterns=page0.md"]
    assert build(book, *options, CI="").returncode == 0
    assert "no targets are out of date" in build(book, *options, CI="").stdout
    (book / "conf.py").write_text(
        (book / "conf.py").read_text(encoding="utf-8")
        + "\ndef setup(app):\n"
        + "    app.connect('html-page-context', lambda *_: os.kill(os.getpid(), 9))\n",
        encoding="utf-8",
    )
    assert build(book, *options, "-D", "html_title=Another", CI="").returncode == -9
    shutil.copy(PROJECT / "conf.py", book)
    told = build(book, *options, "-D", "html_title=Another", CI="")
    assert told.returncode == 0
    assert "Another" in (book / "_build" / "html" / "page0.html").read_text(encoding="utf-8")


# What a build waits for


HOLD = """
import signal, sys
from pathlib import Path
from electionlab.host.lock import Lock
Lock(Path(sys.argv[1]), "a test").acquire_in_turn()
print("held", flush=True)
signal.pause()
"""


@contextlib.contextmanager
def waiting_build(book: Path, holder: subprocess.Popen[str]):
    """A build of a page while `holder` builds; it has said so and waits."""
    (book / "page0.md").write_text("# A page\n", encoding="utf-8")
    options = ["-D", "root_doc=page0", "-D", "include_patterns=page0.md"]
    command = [sys.executable, "-m", "sphinx", "-q", "-W", *options, ".", "_build/html"]
    started = subprocess.Popen(
        command,
        cwd=book,
        env=environment(book),
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    try:
        said = started.stderr.readline()
        waits = "Waiting for another build of this checkout to end: process"
        assert said.startswith(f"{waits} {holder.pid} (-c"), said + started.stderr.read()
        assert re.search(r"since \d\d:\d\d:\d\d\.$", said)
        assert started.poll() is None
        yield started
    finally:
        end_group(started)
        started.stderr.close()


def test_a_second_build_says_who_builds_and_waits_for_its_end(book):
    lock = book / "_build" / "build.lock"
    with script(HOLD, lock) as (holder, _), waiting_build(book, holder) as second:
        kill(holder)
        assert second.wait(stretched(120)) == 0, second.stderr.read()
    assert "A page" in (book / "_build" / "html" / "page0.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_build_that_waits_can_be_ended(book, number):
    lock = book / "_build" / "build.lock"
    with script(HOLD, lock) as (holder, _), waiting_build(book, holder) as second:
        second.send_signal(number)
        assert second.wait(stretched(30)) != 0
        assert "Traceback" not in second.stderr.read()
        assert holder.poll() is None


@pytest.mark.parametrize("name", ["walkthrough", "kafka"])
def test_a_page_with_the_playbooks_ports_waits_for_whoever_has_them(book, tmp_path, name):
    lock = tmp_path / f"electionlab-{name}-{os.getuid()}.lock"
    waits = {"walkthrough": "the walkthrough", "kafka": "the Kafka of `make kafka`"}[name]
    (book / "page0.md").write_text(PAGE.format("print('fine')"), encoding="utf-8")
    options = ["-D", "root_doc=page0", "-D", "include_patterns=page0.md"]
    command = [sys.executable, "-m", "sphinx", "-q", "-W", *options, ".", "_build/html"]
    with script(HOLD, lock) as (holder, _):
        started = subprocess.Popen(
            command,
            cwd=book,
            env={**environment(book), "TMPDIR": str(tmp_path)},
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )
        try:
            said = started.stderr.readline()
            assert said.startswith(f"Waiting for {waits} to end: process {holder.pid} (-c"), said
            kill(holder)
            assert started.wait(200) == 0, started.stderr.read()
        finally:
            end_group(started)
            started.stderr.close()
    assert "Waiting" not in (book / "_build" / "html" / "page0.html").read_text(encoding="utf-8")


def test_a_page_that_does_not_fail_is_green_and_few_outputs_of_earlier_states_are_kept(book):
    executed = book / "_build" / "executed"
    for number in range(9):
        (executed / f"state-{number}" / "page0").mkdir(parents=True)
    told = build_page(book, "print('fine')", CI="")
    assert told.returncode == 0, told.stdout
    assert len(list(executed.iterdir())) == KEPT


def test_without_a_network_the_first_build_says_so_in_one_message(book, tmp_path):
    told = build(book, HTTPS_PROXY="http://127.0.0.1:9", ELECTIONLAB_CACHE=str(tmp_path / "empty"))
    assert told.returncode != 0
    assert "could not be fetched" in told.stdout
    assert "Traceback" not in told.stdout


def test_a_java_home_that_points_nowhere_fails_the_build_in_one_message(book):
    told = build(book, JAVA_HOME="/nowhere")
    assert told.returncode != 0
    assert "JAVA_HOME is /nowhere" in told.stdout
    assert "Traceback" not in told.stdout


def test_make_refuses_a_python_that_is_too_old(tmp_path):
    (tmp_path / "Makefile").write_text(
        (PROJECT / "Makefile").read_text(encoding="utf-8"), encoding="utf-8"
    )
    for name in ("requirements.txt", "pyproject.toml"):
        (tmp_path / name).touch()
    # The real check, run by this Python, which says it is 3.9.
    old = tmp_path / "python3.9"
    pretend = "import sys; sys.version_info = (3, 9, 1); exec(sys.argv[1])"
    old.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{pretend}" "$2"\n', encoding="utf-8")
    old.chmod(0o755)
    told = subprocess.run(
        ["make", "html", f"PYTHON={old}"],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "MAKEFLAGS"},
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    assert told.returncode != 0
    assert f"needs Python 3.11 or newer; {old} is 3.9" in told.stderr
    assert not (tmp_path / ".venv").exists()


def test_a_page_that_waits_in_vain_is_executed_once_more_and_says_so(book):
    waits = "from electionlab.host.waiting import wait_until\nfrom pathlib import Path\n"
    waits += 'tries = Path("tries")\nbefore = tries.exists()\ntries.touch()\n'
    waits += 'wait_until(lambda: before, within=0.1, why=lambda: "nobody came")'
    told = build_page(book, waits)
    assert told.returncode == 0, told.stdout
    page = (book / "_build" / "html" / "page0.html").read_text(encoding="utf-8")
    assert "This page was executed twice" in page
    assert "DeadlineError: Waited 0.1 s in vain" in page
    assert "the next cell" in page
