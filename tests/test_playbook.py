"""leader.py is the playbook's code, and the pages run the playbook's commands."""

import re
from pathlib import Path

from electionlab.host.folders import PROJECT
from electionlab.lab.walkthrough import COMMAND, PORTS

DATA = Path(__file__).parent / "data" / "playbook"
BLOCKS = [
    path.read_text(encoding="utf-8").strip("\n") for path in sorted(DATA.glob("block-*.py.txt"))
]
COMMANDS = [
    line.removeprefix("$ ")
    for line in (DATA / "console.txt").read_text(encoding="utf-8").splitlines()
    if "faust" in line
]


def test_there_are_three_blocks_and_three_worker_commands():
    assert len(BLOCKS) == 3
    assert len(COMMANDS) == 3


def test_leader_py_is_the_playbooks_blocks_and_nothing_else():
    text = (PROJECT / "leader.py").read_text(encoding="utf-8")
    position = 0
    for block in BLOCKS:
        found = text.index(block, position)
        assert text[position:found].strip("\n") == ""
        assert len(text[position:found]) <= 3
        position = found + len(block)
    assert text[position:] == "\n"


def test_the_playbook_page_runs_each_worker_command_as_it_is_written():
    page = (PROJECT / "docs" / "playbook.md").read_text(encoding="utf-8")
    assert re.findall(r'workers\.start\("(faust [^"]*)"\)', page) == COMMANDS


def test_the_walkthrough_runs_the_same_commands():
    assert [COMMAND.format(port=port) for port in PORTS] == COMMANDS


def test_the_playbook_page_has_the_playbooks_sections_in_its_order():
    page = (PROJECT / "docs" / "playbook.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## (.*)$", page, re.MULTILINE)
    wanted = [
        "Application",
        "Greetings agent",
        "Leader timer",
        "Starting Kafka",
        "Running the Faust worker",
        "Seeing things in action",
    ]
    assert [section for section in sections if section in wanted] == wanted
