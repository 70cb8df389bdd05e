"""A lab does not outlive its owner, and a start that is broken off leaves nothing."""

import json
import signal
import tempfile
from pathlib import Path

import psutil
import pytest
from gone import GONE_WITHIN_S, assert_gone, assert_nothing_more_held, held_by_us, runs
from scripts import script

from electionlab import LabError
from electionlab.host.ports import PortBlock
from electionlab.host.waiting import wait_until
from electionlab.lab import Lab, start_lab

pytestmark = [pytest.mark.live, pytest.mark.own_ports]

# Prints what there is of a lab, and then waits to be killed.
OWNER = """
import json, time, psutil
from electionlab.lab.lab import Lab
lab = Lab(size=1, room=2).start()
lab.cut(lab.running()[0])
if {stopped}:
    lab.stop_broker()
me = psutil.Process()
told = [(one.cmdline(), one.environ()) for one in me.children(recursive=True)]
ports = [*lab.slots.names, *(broker.node.port for broker in lab.kafka.brokers)]
print(json.dumps([told, ports, lab.slots.block.ports[0], lab.kafka._block.ports[0]]), flush=True)
time.sleep(1000)
"""

# Breaks off in a with statement, and tells what is left of it while it goes on itself.
BROKEN_OFF = """
import json, threading, time
from electionlab.lab.lab import Lab
import electionlab.lab.experiments  # all that takes long to import
print("begins", flush=True)
try:
    with Lab(size=2, room=2):
        time.sleep(1000)
except KeyboardInterrupt:
    threads = [one.name for one in threading.enumerate() if "relays" in one.name]
    print(json.dumps(threads), flush=True)
time.sleep(1000)
"""


def folders():
    return set(Path(tempfile.gettempdir()).glob("electionlab-*-*/"))


def can_be_taken(first):
    """Whether somebody else gets the block of ports that begins here."""
    try:
        PortBlock(1, first=first, step=1, blocks=1).release()
    except LabError:
        return False
    return True


@pytest.mark.parametrize("stopped", [False, True], ids=["broker runs", "broker stopped"])
def test_a_killed_owner_leaves_no_process_no_folder_and_no_lock(stopped):
    with script(OWNER.format(stopped=stopped)) as (process, line):
        told, numbers, *blocks = json.loads(line)
        running = psutil.Process(process.pid).children(recursive=True)
        commands = [" ".join(command) for command, _ in told]
        assert running
        for name, there in [
            ("kafka.Kafka", not stopped),
            ("-m electionlab.lab.sampler", True),
            ("sleep 3600", True),  # the keeper of the broker's data
            ("--web-port", True),
        ]:
            assert any(name in command for command in commands) == there, commands
        mine = {
            found
            for found in folders()
            if any(str(found) in json.dumps(one) for one in told) and found.is_dir()
        }
        assert len(mine) == 2  # the broker's and the worker's
        process.kill()
        assert_gone(running, map(int, numbers))
        wait_until(
            lambda: not [one for one in mine if one.exists()],
            within=GONE_WITHIN_S,
            why=lambda: f"left: {[one for one in mine if one.exists()]}",
        )
        wait_until(
            lambda: all(map(can_be_taken, blocks)),
            within=GONE_WITHIN_S,
            why=lambda: f"these blocks of ports are still locked: {blocks}",
        )


@pytest.mark.parametrize("moment", ["kafka.Kafka", "electionlab.lab.sampler", "--web-port"])
def test_a_start_that_is_interrupted_leaves_nothing(moment):
    with script(BROKEN_OFF) as (process, line):
        assert line == "begins"
        me = psutil.Process(process.pid)

        def seen():
            found = {one: words(one) for one in me.children(recursive=True)}
            return found if any(moment in command for command in found.values()) else None

        running = list(
            wait_until(seen, within=90, why=lambda: f"no {moment} was started", every=0.01)
        )
        process.send_signal(signal.SIGINT)
        assert json.loads(process.stdout.readline()) == []
        assert_gone(running, [])
        assert not list(filter(runs, me.children(recursive=True)))


def words(process):
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # it has just ended
        return ""


# What cannot be made or has ended is said


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"size": 21}, "room for 1 to 20 workers, but not for 21"),
        ({"size": -1}, "room for 1 to 20 workers, but not for -1"),
        ({"size": 0, "room": 0}, "room for 1 to 20 workers, but not for 0"),
        ({"room": 21}, "room for 1 to 20 workers, but not for"),
        ({"brokers": 2}, "has 1 broker or 3 here, not 2"),
        ({"watch": -1}, "every few seconds, or never .0., not every -1"),
    ],
)
def test_a_lab_that_cannot_be_is_refused_and_takes_nothing(wanted, told):
    before = held_by_us()
    with pytest.raises(LabError, match=told):
        Lab(**wanted)
    assert_nothing_more_held(before)


def test_a_lab_that_was_not_started_or_has_ended_says_so():
    before = held_by_us()
    lab = Lab(size=1)
    with pytest.raises(LabError, match="has not been started yet"):
        lab.add(1)
    lab.stop()
    lab.stop()
    for asked in (lab.start, lab.add):
        with pytest.raises(LabError, match=r"This lab has ended\. Make a new one"):
            asked()
    with pytest.raises(LabError, match="this lab has ended"):
        lab.wait(lambda history: False, within=10)
    with pytest.raises(LabError, match="cannot be started again: its data is gone"):
        lab.start_broker()
    assert_nothing_more_held(before)


@pytest.mark.timeout(300)
def test_a_lab_that_is_started_again_takes_the_place_of_the_one_before():
    before = held_by_us()
    first = start_lab(0, watch=0)
    second = start_lab(0, watch=0)
    try:
        assert not first.kafka.alive
        assert second.kafka.alive
        with pytest.raises(LabError, match="This lab has ended"):
            first.add()
    finally:
        second.stop()
    assert_nothing_more_held(before)
