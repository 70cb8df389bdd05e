"""What a notebook shows while a run is followed: no wall of old lines, one order, our own acts."""

import re
import time

import pytest
from gone import assert_gone
from kernels import kernel

from electionlab.lab.feed import JUST_NOW_S

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]
START = """
from electionlab import Kafka, Workers
kafka = Kafka().start()
workers = Workers(
    kafka, settings={"BROKER_SESSION_TIMEOUT": "6", "BROKER_HEARTBEAT_INTERVAL": "1"}
)
for port in 6066, 6067:
    workers.start(f"faust -A leader worker -l info --web-port {port}")
"""
LINE = re.compile(r"^(6066|6067) +\d+\.\d{3} s (\d\d:\d\d:\d\d\.\d{3}) (.*)$")


def lines(text):
    return [found.groups() for found in map(LINE.match, text.splitlines()) if found]


def test_a_run_is_followed_from_now_on_and_acts_stand_in_it():
    with kernel() as running:
        started = lines(running.run(START))
        assert [words for _, _, words in started] == ["start", "start"]
        time.sleep(JUST_NOW_S)  # or a start that was quick would be followed, too
        begun = time.strftime("%H:%M:%S", time.gmtime())
        told = running.run("workers.follow_publishes(2)", "follow")
        assert re.match(r"\(In the logs: \d+ lines of 6066, 6067, from \d+\.\d s on\.\)", told)
        shown = lines(told)
        assert all(at[:8] >= begun for _, at, _ in shown)
        # What is counted is shown; on a busy machine a third comes before somebody looks.
        assert [words for *_, words in shown].count("PUBLISHING ON LEADER!") >= 2
        running.run("first = workers.leader()", "who")
        told = running.run("workers.interrupt(first)\nworkers.follow_new_leader(first)", "act")
        shown = lines(told)
        assert shown[0][2] == "Ctrl+C"
        assert [at for _, at, _ in shown] == sorted(at for _, at, _ in shown)
        assert any("Setting newly assigned partitions" in words for *_, words in shown)
        again = running.run("workers.interrupt(first)\nworkers.follow_new_leader(first)", "act")
        assert "has already ended, with status 0: nothing was sent" in again
        assert "That is already so" in again
    assert_gone([])


def test_a_freeze_cell_that_was_interrupted_goes_on_with_the_same_worker():
    with kernel() as running:
        running.run(START)
        running.run("workers.follow_publishes(1)")
        running.run("third = workers.leader()", "who")
        cell = "workers.freeze(third)\nworkers.follow_new_leader(third)"
        request = running.begin(cell, "act")
        running.wait(request, until="freeze")
        running.interrupt()
        with pytest.raises(AssertionError, match="KeyboardInterrupt"):
            running.wait(request)
        told = running.run(cell, "act")
        assert re.search(r"Worker 606\d is already frozen", told)
        assert "1" in running.run("print(sum(worker.frozen for worker in workers.running()))")
        told = running.run("workers.thaw(third)\nworkers.follow_return(third)", "thaw")
        assert lines(told)[0][2] == "thaw"
        assert "there is nothing to thaw" in running.run("workers.thaw(third)", "thaw")
    assert_gone([])


def test_a_long_wait_says_what_for_and_how_it_stands_and_leaves_nothing():
    with kernel() as running:
        told = running.run(START)
        assert re.search(r"Waiting for worker 606\d to be ready: \d s so far, 60 s at most", told)
        told = running.run("workers.wait_publishes(3)")
        line = r"Waiting for 3 more greetings to be published: \d s so far, 90 s at most\. "
        assert re.search(line + r"Now: 606\d leads, generation \d, 2 of 2 workers running\.", told)
        assert set(running.shown.values()) == {""}
    assert_gone([])
