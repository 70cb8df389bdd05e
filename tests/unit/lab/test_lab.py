"""What pages and experiments call on a lab and on workers, each in its part."""

import json
import re

import pytest

from electionlab import Lab, LabError, Workers
from electionlab.host.folders import PROJECT

CALLED = re.compile(r"(?<![.\w])(lab|workers)\.(?!ipynb)([a-z_]+)")
PARTS = ("workers", "nemesis", "scaling", "observer", "slots", "kafka")


@pytest.fixture
def lab():
    made = Lab(0, room=2)
    yield made
    made.stop()


def code_of_pages():
    for path in (PROJECT / "notebooks").glob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                yield "".join(cell["source"])
    for path in [*(PROJECT / "docs").glob("*.md"), PROJECT / "README.md"]:
        yield from re.findall(r"^```.*?^```", path.read_text(encoding="utf-8"), re.S | re.M)


def test_what_is_called_on_a_page_is_there(lab):
    things = {"lab": lab, "workers": Workers(lab.kafka, lock=False)}
    called = {names for code in code_of_pages() for names in CALLED.findall(code)}
    assert {("lab", "cut"), ("lab", "wait_members"), ("workers", "follow_return")} <= called
    missing = [names for names in called if not hasattr(things[names[0]], names[1])]
    assert missing == []


def test_a_lab_has_its_parts_and_inherits_nothing_of_them(lab):
    kinds = {type(getattr(lab, part)) for part in PARTS}
    assert len(kinds) == len(PARTS)
    assert not kinds & set(Lab.__mro__)
    assert lab.workers.recorder.kafka is lab.kafka


def test_a_lab_that_was_not_started_starts_no_worker(lab):
    first = lab.slots.names[0]
    for asked in (lab.add, lambda: lab.start(first), lambda: lab.workers.launch(first)):
        with pytest.raises(LabError, match="has not been started yet"):
            asked()
    assert lab.lives == []


def test_a_worker_is_started_again_with_its_own_command_and_not_that_of_its_slot(lab):
    lab.state = "running"  # though it has no broker
    name = lab.slots.names[0]
    command = f"python -c 'import time; time.sleep(60)' --web-port {name}"
    lab.kill(lab.workers.launch(command, settings={"KEPT": "1"}))
    again = lab.workers.launch(int(name))
    assert (again.command, again.settings) == (command, {"KEPT": "1"})


def test_who_is_ended_in_absence_says_so_whatever_is_asked(lab):
    lab.stop()
    lab.ended_in_absence = "Ended, after 15 minutes without a browser."
    for asked in (lab.leader, lab.start, lab.wait_leader, lambda: lab.interrupt(7101)):
        with pytest.raises(LabError, match="without a browser"):
            asked()
