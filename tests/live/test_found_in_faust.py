"""What docs/found-in-faust.md tells of Faust and aiokafka is still so. A test here that fails may
be good news: then the page has to say from which version on it is mended."""

from __future__ import annotations

from types import SimpleNamespace

import faust
import pytest
from faust.assignor.partition_assignor import PartitionAssignor

from electionlab import checks, events
from electionlab.failover import measure
from electionlab.history import events as ev
from electionlab.history.group import LEADER_TOPIC
from electionlab.host.folders import PROJECT
from electionlab.lab import page_experiments
from electionlab.lab.benches import Bench, SideBySide
from electionlab.lab.lab import Lab
from electionlab.storm.storm import left_over

pytestmark = [pytest.mark.live, pytest.mark.own_ports, pytest.mark.timeout(900)]
PAGE = PROJECT / "docs" / "found-in-faust.md"
PARTITIONS = 8


def join_once_all_was_committed(lab):
    """The page's experiment, but each partition has a commit before the second worker joins."""
    lab.add()
    lab.wait(lambda history: len(committed(history)) == PARTITIONS)
    lab.add()
    lab.wait_greetings(20, printers=2)
    for worker in lab.running():
        lab.interrupt(worker)


def kill_one_at_a_time(lab):
    """The page's experiment with an agent that hangs, but nothing is done behind the greeting."""
    (first,) = lab.add(settings={"HANG": "1", "CONCURRENCY": "1"})
    lab.wait_publishes(10)
    lab.kill(first)
    (second,) = lab.add(settings={"CONCURRENCY": "1"})
    lab.wait_greetings(10)
    lab.interrupt(second)


def kill_with_two_in_work(lab):
    """The page's experiment behind a commit, but two greetings hang, so the gap is one of two."""
    (first,) = lab.add()
    lab.wait(lambda history: history.of(ev.OffsetCommitted))
    lab.interrupt(first)
    (second,) = lab.add(settings={"HANG": "2", "CONCURRENCY": "3"})
    lab.wait_greetings(printed(lab.history()) + 10)
    lab.kill(second)
    (third,) = lab.add()
    lab.wait_greetings(printed(lab.history()) + 10)
    lab.interrupt(third)


def join_with_another_number_of_partitions(lab):
    """The page's program, whose table has two partitions; each worker takes part in rebalances."""
    for members in range(2, 6):
        lab.add()
        lab.wait_members(members)
        lab.wait_publishes(1)


def start_early_and_look_again(lab):
    """The page's program, whose client asks for its topics each second."""
    lab.add()
    lab.wait_publishes(1)


def printed(history):
    return len(history.of(ev.GreetingPrinted))


def committed(history):
    return {e.partition for e in history.of(ev.OffsetCommitted) if "__" not in e.topic}


def left_out(history):
    """Greetings that nobody printed, though later ones of their partition were printed. Some of
    them are lost: those that a commit went past."""
    done = {event.greeting for event in history.of(ev.GreetingPrinted)}
    stored = sorted(history.of(ev.GreetingStored), key=lambda event: event.offset)
    last = {event.partition: event.offset for event in stored if event.greeting in done}
    missing = [event for event in stored if event.greeting not in done]
    return [event for event in missing if event.offset < last.get(event.partition, 0)]


def thrown_away(history):
    """What Faust logs, with DEVLOG=1, when it gets messages while its flow is stopped."""
    return [event for event in history.of(ev.Logged) if "flow not active. Seek back" in event.text]


@pytest.fixture(scope="module")
def labs():
    names = {"events": events, "measure": measure}
    written = page_experiments.read(PAGE)
    names |= {each.name: each.function(names) for each in written}
    often = {"BROKER_COMMIT_INTERVAL": "0.5", "DEVLOG": "1"}
    more = Bench(
        lambda: Lab(0, program="found.lost_greeting", settings=often),
        (join_once_all_was_committed,),
    )
    slowly = Bench(lambda: Lab(0, program="found.committed_past"), (kill_one_at_a_time,))
    wider = Bench(
        lambda: Lab(0, program="found.committed_past", settings={"BROKER_COMMIT_INTERVAL": "0.5"}),
        (kill_with_two_in_work,),
    )
    soon = {"CONSUMER_METADATA_MAX_AGE_MS": "1000"}
    again = Bench(
        lambda: Lab(0, program="found.too_early", settings=soon), (start_early_and_look_again,)
    )
    two = {"TABLE_PARTITIONS": "2"}
    kept = Bench(
        lambda: Lab(1, program="found.moved_lead", settings=two),
        (join_with_another_number_of_partitions,),
    )
    benches = [*page_experiments.benches(written, names), more, slowly, wider, again, kept]
    with SideBySide(benches) as labs:
        yield labs
    assert left_over() == []


def test_the_next_leader_does_not_run_a_task_of_the_leader(labs):
    verdict = checks.each_leader_runs_its_task(labs.history("hand_over")).expect("broken")
    assert verdict.figures == {"leaderships": 2, "without": 1}


def test_greetings_are_lost_where_nothing_was_committed(labs):
    history = labs.history("join_where_greetings_wait")
    assert thrown_away(history)
    checks.no_greeting_is_lost(history).expect("broken")


def test_none_is_lost_if_the_worker_goes_back_to_the_beginning(labs):
    history = labs.history("join_where_they_are_kept")
    assert thrown_away(history)
    checks.no_greeting_is_lost(history).expect("held")


def test_none_is_lost_where_something_was_committed(labs):
    history = labs.history("join_once_all_was_committed")
    assert thrown_away(history)
    checks.no_greeting_is_lost(history).expect("held")


def test_what_is_in_work_is_committed_past_and_lost_with_its_worker(labs):
    verdict = checks.no_greeting_is_lost(labs.history("kill_in_the_midst")).expect("broken")
    assert verdict.figures["lost"] == 1


def test_one_message_in_work_right_behind_a_commit_is_committed_past(labs):
    verdict = checks.no_greeting_is_lost(labs.history("kill_behind_a_commit")).expect("broken")
    assert verdict.figures["lost"] == 1


def test_two_in_work_behind_a_commit_are_not(labs):
    checks.no_greeting_is_lost(labs.history("kill_with_two_in_work")).expect("held")


def test_what_waits_when_a_rebalance_is_over_is_thrown_away_in_a_program_with_a_table(labs):
    name = "join_a_slow_one"
    for _ in range(3):  # a greeting has to come in at the right moment, which is not certain
        if left_out(labs.history(name)):
            return
        labs.retry(name)
    pytest.fail("three times no greeting was thrown away")


def test_it_is_kept_if_the_flow_is_stopped_meanwhile(labs):
    history = labs.history("join_where_queues_are_kept")
    checks.no_greeting_is_lost(history).expect("held")
    assert not left_out(history)


def test_a_worker_that_knows_no_topics_has_nothing_to_do(labs):
    history = labs.history("start_too_early")
    assert history.of(ev.WorkerReady)
    assert not history.of(ev.Published)


def test_with_a_global_table_it_is_in_no_group(labs):
    history = labs.history("start_too_early_for_good")
    assert not history.of(ev.WorkerReady, ev.Published)


def test_it_leads_once_it_has_asked_again(labs):
    assert labs.history("start_early_and_look_again").of(ev.Published)


@pytest.mark.parametrize(("partitions", "leader"), [(1, "B"), (2, "A")])
def test_the_assignor_takes_all_for_leaders_that_had_a_partition_of_a_global_table(
    partitions, leader
):
    """B has had the table's partition, and A, the leader, comes before it in Kafka's list."""
    app = faust.App("moved")
    table = app.GlobalTable("table", partitions=partitions, recovery_buffer_size=1)
    leader_topic = LEADER_TOPIC.format(app="moved")
    counts = {leader_topic: 1, table.changelog_topic_name: partitions}
    cluster = SimpleNamespace(partitions_for_topic=lambda topic: set(range(counts[topic])))
    members = {name: PartitionAssignor(app, replicas=1) for name in "ABC"}
    for names in "A", "AB", "ABC":
        asked = {name: members[name].metadata(set(counts)) for name in names}
        given = members["A"].assign(cluster, asked)
        for name in names:
            members[name].on_assignment(given[name])
    topics = {name: dict(given[name].assignment) for name in given}
    assert [name for name in topics if topics[name].get(leader_topic)] == [leader]


def test_a_lead_that_moves_at_a_join_was_taken_from_one_that_runs_on(labs):
    history = labs.history("join_one_by_one")
    verdict = checks.stays_with_one_leader(history).expect("held", "broken")
    assert verdict.outcome == "broken" or len(history.workers) == 7
    assert not history.of(ev.WorkerExited, ev.SessionExpired)


def test_with_two_partitions_of_its_table_the_lead_stays(labs):
    history = labs.history("join_with_another_number_of_partitions")
    checks.stays_with_one_leader(history).expect("held")


def test_with_one_at_a_time_nothing_is_committed_past(labs):
    checks.no_greeting_is_lost(labs.history("kill_one_at_a_time")).expect("held")


def test_a_static_leader_is_missed_only_when_its_session_is_over(labs):
    history = labs.history("interrupt_a_static_leader")
    assert not any("LeaveGroup" in event.text for event in history.of(ev.Logged))
    assert len(history.of(ev.SessionExpired)) == 1


def test_an_idle_worker_does_not_take_over(labs):
    history = labs.history("need_the_idle_one")
    assert history.leader is None
    assert [life.end_is_known for life in history.lives].count(False) == 1
    checks.always_a_leader(history, patience_s=4).expect("broken")


def test_a_session_below_the_floor_leaves_a_worker_alive_outside_the_group(labs):
    history = labs.history("ask_for_too_little")
    assert len(measure.refusals(history)) == 1
    assert not history.of(ev.MemberJoined, ev.WorkerReady)
