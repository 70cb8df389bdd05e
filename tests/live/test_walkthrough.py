"""The playbook's walk, once, on a real Kafka; the tests look at what happened."""

import re
import subprocess
import sys
from collections import Counter
from xml.etree import ElementTree

import pytest
from gone import assert_gone

from electionlab import Kafka, Workers, checks
from electionlab.errors import LabError
from electionlab.history import events
from electionlab.history.history import History
from electionlab.history.worker_log import records
from electionlab.host.folders import PROJECT
from electionlab.host.waiting import stretched
from electionlab.lab import walkthrough
from electionlab.lab.in_kernel import InsideWorker
from electionlab.pictures.timeline import Timeline

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def run():
    """(history, what Kafka said of the group at the end of the walk, who led then, worker logs)"""
    with Kafka() as kafka, Workers(kafka) as workers:
        walkthrough.walk(workers)
        group, leader = workers.group(), workers.leader()
        workers.stop()
        history = workers.history()
        logs = {life.log.name: life.output() for life in workers.lives}
    assert_gone([])
    return history, group, leader.name, logs


def test_the_playbooks_claims_hold(run):
    history = run[0]
    for check in (
        checks.only_the_leader_publishes,
        checks.at_most_one_leader,
        checks.new_leader_after_each_loss,
    ):
        check(history).expect("held")


def test_what_became_of_the_greetings_is_what_the_logs_say(run):
    """The playbook does not claim that each is printed, and once, and Faust does not always keep to
    it. Whichever it was, the verdicts say it."""
    history, *_, logs = run
    stored = {event.greeting for event in history.of(events.GreetingStored)}
    printed = Counter(re.findall(r"b'(0\.\d+)'", "".join(logs.values())))
    assert len(stored) >= 8
    assert set(printed) <= stored
    missing, repeated = len(stored - set(printed)), sum(n > 1 for n in printed.values())
    lost = checks.no_greeting_is_lost(history).expect("broken" if missing else "held")
    assert lost.figures == {"stored": len(stored), "lost": missing, "waiting": 0}
    checks.each_greeting_printed_once(history).expect("broken" if repeated else "held")


def test_kafka_names_the_same_leader_as_the_logs(run):
    _, group, leader, _ = run
    assert [row[0] for row in group.rows if row[2]] == [leader]
    assert sorted(row[0] for row in group.rows) == ["6066", "6067", "6068"]


def test_the_partitions_of_the_greetings_are_all_held(run):
    held = sorted(int(number) for row in run[1].rows for number in row[3].split(", "))
    assert held == list(range(8))


def test_every_line_of_every_log_is_in_the_history(run):
    history, *_, logs = run
    assert {name.partition("-")[0].removesuffix(".log") for name in logs} == set(history.workers)
    for worker in history.workers:
        texts = [text for name, text in logs.items() if name.startswith(worker)]
        lines = [one.line for text in texts for one in records(text.splitlines(keepends=True))]
        told = [event.line for event in history if event.worker == worker and event.line]
        assert Counter(lines) <= Counter(told)  # what follows from an event has its line too
        for event in history.of(events.Logged, worker=worker):
            assert event.text.splitlines()[0] in "".join(texts)
        assert all(text.endswith("\n") for text in texts)


def test_our_own_acts_are_in_the_history(run):
    history, _, leader, _ = run
    *started, again = [event.worker for event in history.of(events.WorkerStarted)]
    assert started == ["6066", "6067", "6068"]
    assert history.of(events.WorkerInterrupted)[0].worker == again != leader
    assert {event.status for event in history.of(events.WorkerExited)} == {0}


def test_a_saved_history_tells_the_same(run, tmp_path):
    history = run[0]
    loaded = History.load(history.save(tmp_path / "history.jsonl"))
    assert loaded.events == history.events
    assert [check(loaded) for check in checks.ALL] == [check(history) for check in checks.ALL]


def test_the_picture_is_drawn_of_a_run_that_is_saved_with_it(tmp_path):
    picture, saved = tmp_path / "run.svg", tmp_path / "run.jsonl"
    command = [sys.executable, "-m", "electionlab", "picture", str(picture), "--save", str(saved)]
    told = subprocess.run(
        command,
        cwd=PROJECT,
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=stretched(300),
    )
    assert told.returncode == 0, told.stderr
    assert_gone([])
    history = History.load(saved)
    assert picture.read_text(encoding="utf-8") == Timeline(history).svg(standalone=True) + "\n"
    ElementTree.parse(picture)  # a file of its own has to be XML
    (frozen,) = history.of(events.WorkerFrozen)
    first, heir = history.leaderships[:2]
    assert first.worker == frozen.worker != heir.worker
    assert first.end > heir.start, "two led"
    assert f"freeze {first.worker}" in told.stdout
    assert history.of(events.GreetingStored)


def test_a_worker_inside_this_process_leads_and_answers():
    with Kafka() as kafka, InsideWorker(kafka) as inside:
        inside.wait(lambda: inside.is_leader, within=60)
        inside.wait(lambda: "PUBLISHING ON LEADER!" in inside.printed, within=60)
        assert inside.assignment["leader-example-__assignor-__leader"] == [0]
        assert inside.generation == 1
        group = kafka.witness.group("leader-example")
        assert group.leader("leader-example").holds("leader-example-__assignor-__leader", 0)
    assert inside.app is None
    assert_gone([])


def test_a_crash_of_the_worker_inside_ends_a_wait_and_the_stop_button_is_not_lost():
    with Kafka() as kafka, InsideWorker(kafka) as inside:
        inside.app.add_future(fail(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            inside.wait(lambda: False, within=60)
        inside.stop()
        inside.start()
        inside.app.add_future(fail(RuntimeError("planted")))
        with pytest.raises(LabError, match=r"has crashed: RuntimeError\('planted'\)"):
            inside.wait(lambda: False, within=60)
    assert_gone([])


async def fail(reason):
    raise reason
