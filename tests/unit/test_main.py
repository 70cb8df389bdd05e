"""`python -m electionlab`: what it refuses before anything starts, and what it does not load."""

import os
import subprocess
import sys

import pytest

from electionlab.__main__ import commands, main
from electionlab.host.folders import PROJECT
from electionlab.host.waiting import stretched

COMMANDS = sorted(commands.commands)
PLACES = {
    "none/file": "there is no folder",
    ".": "is a directory",
    "kept/file": "permission denied",
}
HEAVY = {"IPython", "confluent_kafka", "faust", "jupyterlab", "psutil", "requests", "sphinx"}


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "electionlab", *arguments],
        cwd=PROJECT,
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=stretched(60),
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_says_in_a_line_of_the_list_what_it_is_for(command, capsys):
    """A sentence that does not fit would end in three dots."""
    assert main(["--help"]) == 0
    (line,) = [
        line for line in capsys.readouterr().out.splitlines() if line.startswith(f"  {command} ")
    ]
    assert line.endswith(".") and not line.endswith("...")
    assert main([command, "-h"]) == 0
    assert " ".join(line.split()[1:]) in capsys.readouterr().out


def test_help_loads_nothing_that_takes_long():
    program = (
        "import sys; from electionlab.__main__ import main; main(['storm', '--help']); "
        f"print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, encoding="utf-8"
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("storm --rounds 0", "Invalid value for '--rounds': 0 is not in the range x>=1."),
        ("storm --workers 2", "Invalid value for '--workers': 2 is not in the range 3<=x<=5."),
        ("storm --workers 6", "Invalid value for '--workers': 6 is not in the range 3<=x<=5."),
        ("storm --brokers 2", "Invalid value for '--brokers': '2' is not one of '1', '3'."),
        ("failover --rounds 0", "'--rounds': 0 is not in the range 1<=x<=1000."),
        ("failover --at-once 1001", "'--at-once': 1001 is not in the range 1<=x<=1000."),
        ("picture", "Missing argument 'PATH'."),
        ("fetch everything", "Got unexpected extra argument (everything)"),
        ("weather", "No such command 'weather'."),
    ],
)
def test_what_cannot_be_is_refused_with_the_option_and_the_range(arguments, sentence, capsys):
    assert main(arguments.split()) == 2
    output = capsys.readouterr()
    assert not output.out
    assert sentence in output.err
    assert "-h' for help." in output.err


@pytest.mark.parametrize(
    "arguments",
    ["picture", "picture x.svg --save", "storm --save", "storm --record", "failover --record"],
)
@pytest.mark.parametrize("place", PLACES)
def test_a_file_that_could_not_be_written_is_refused_at_once(
    arguments, place, tmp_path, monkeypatch, capsys
):
    (tmp_path / "kept").mkdir()  # root may write to what others may not
    monkeypatch.setattr(os, "access", lambda path, mode: "kept" not in str(path))
    assert main([*arguments.split(), str(tmp_path / place)]) == 2
    output = capsys.readouterr()
    assert PLACES[place] in output.err
    assert not output.out


def test_options_after_two_dashes_are_sphinxs_own():
    done = run("build", "--", "--version")
    assert done.stdout.startswith("sphinx-build ")
    assert done.returncode == 0
    assert run("build", "--version").returncode == 2


def test_a_page_that_cannot_be_built_is_one_sentence_and_the_doctors_report(tmp_path):
    done = run("build", "--", "-q", str(tmp_path), str(tmp_path / "html"))
    assert done.returncode == 1
    assert "conf.py" in done.stderr
    assert "Python" in done.stderr
    assert done.stderr.endswith("electionlab: The pages were not built: see above.\n")
