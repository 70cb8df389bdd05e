"""Whatever reads a history starts no process and opens no connection."""

import subprocess
import sys

import pytest
from histories import DATA

from electionlab.host.folders import PROJECT

READ = """
import sys
from electionlab import History, Rebalance, Timeline, Views, checks
from electionlab.pictures import Timeline, tables
from electionlab.storm import judge as explain

STARTS = "subprocess.Popen", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.system"
STARTS += "socket.connect", "socket.bind"

def refuse(event, arguments):
    if event in STARTS:
        raise AssertionError(f"{event} {arguments}")

sys.addaudithook(refuse)
history = History.load(sys.argv[1])
verdicts = [check(history) for check in checks.ALL]
pictures = [shown(history)._repr_html_() for shown in (Timeline, Views)]
told = [repr(Timeline(history)), tables.generations(history), explain.judge(history)]
#
print(len(verdicts), len(pictures), len(told))
"""


def read(script):
    return subprocess.run(
        [sys.executable, "-c", script, DATA / "history.jsonl"],
        cwd=PROJECT,
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )


def test_checks_pictures_and_tables_start_nothing():
    told = read(READ)
    assert told.returncode == 0, told.stderr
    assert told.stdout.split()[1:] == ["2", "3"]


@pytest.mark.parametrize(
    "does",
    [
        "import subprocess; subprocess.Popen(['true'])",
        "import os; os.fork()",
        "import socket; socket.create_connection(('127.0.0.1', 9))",
    ],
)
def test_what_starts_something_would_be_seen(does):
    told = read(READ.replace("\n#\n", f"\n{does}\n"))
    assert told.returncode != 0
    assert "AssertionError" in told.stderr
