"""Faults in a real election, each judged by what the history shows. One lab for all of them."""

import itertools

import pytest
from outages import go_through_an_outage

from electionlab import LabError, checks
from electionlab.history import events as ev
from electionlab.host.waiting import wait_until
from electionlab.lab.lab import Lab

pytestmark = [pytest.mark.live, pytest.mark.own_ports]
BLOCK_S = 4


@pytest.fixture(scope="module")
def running():
    settings = {"BLOCK_S": str(BLOCK_S)}
    with Lab(size=3, room=4, program="faulty", settings=settings, by="tests") as lab:
        yield lab


@pytest.fixture
def lab(running):
    """The lab, whole: whatever the test before has left of it."""
    running.recover()
    return running


def action(history, kind):
    """The only action of its kind: who did it and when it took effect are told."""
    (found,) = history.of(kind)
    assert found.by == "tests"
    assert found.effective >= found.time
    return found


def assert_one_holder(history):
    """The broker's word: of the members of each generation just one was given the leader topic.
    Returns the generations, first the one that there was when the experiment began."""
    stored = [one for one in history.of(ev.GroupStored) if one.members]
    assert stored
    assert {len(one.holders) for one in stored} == {1}
    assert all(one.leader == one.holders[0] for one in stored)
    assert all(set(one.workers) <= set(history.workers) for one in stored)
    return stored


def test_a_leader_that_is_cut_off_goes_on_leading_beside_its_successor(lab):
    old = lab.leader()

    def experiment(lab):
        lab.cut(old)
        lab.wait_new_leader(old, greetings=2)
        lab.heal(old)
        lab.wait_members(3)
        lab.wait_publishes(1)

    history = lab.watch(experiment, settle=20)
    cut, healed = action(history, ev.WorkerCut), action(history, ev.WorkerHealed)
    assert checks.at_most_one_leader(history).outcome == "broken"
    stored = assert_one_holder(history)
    assert len(stored) >= 3
    assert [len(one.members) for one in (stored[0], stored[1], stored[-1])] == [3, 2, 3]
    # Both published meanwhile; what the cut one published waited in its memory until the healing.
    meanwhile = [
        one for one in history.of(ev.Published) if cut.effective < one.time < healed.time - 0.1
    ]
    assert old.name in {one.worker for one in meanwhile}
    assert len({one.worker for one in meanwhile}) == 2
    held_back = [
        one for one in history.of(ev.GreetingStored) if cut.effective < one.time < healed.time
    ]
    assert len(held_back) >= len(meanwhile)
    printed = {one.greeting: one.time for one in history.of(ev.GreetingPrinted)}
    assert {one.greeting for one in held_back} <= set(printed)
    after = [one for one in held_back if printed[one.greeting] > healed.time]
    count = sum(one.worker == old.name for one in meanwhile)
    assert len(after) >= count


def test_what_a_slow_leader_publishes_arrives_that_much_later(lab):
    leader, delay_s = lab.leader(), 0.4

    def experiment(lab):
        lab.slow(leader, 9)
        lab.slow(leader, delay_s)
        lab.wait_publishes(3)
        lab.wait_greetings(1)
        lab.heal(leader)
        lab.wait_greetings(1)

    history = lab.watch(experiment, settle=20)
    slowed = history.of(ev.WorkerSlowed)[-1]
    healed = action(history, ev.WorkerHealed)
    assert (slowed.delay_s, slowed.by) == (delay_s, "tests")
    printed = {one.greeting: one.time for one in history.of(ev.GreetingPrinted)}
    late = [
        printed[one.greeting] - one.time
        for one in history.of(ev.GreetingStored)
        if slowed.effective < one.time < healed.time - delay_s and one.greeting in printed
    ]
    assert late
    assert min(late) >= delay_s
    assert len({one.generation for one in history.of(ev.GroupStored)}) == 1


def test_a_blocked_loop_publishes_nothing_and_its_member_stays(lab):
    leader = lab.leader()

    def experiment(lab):
        lab.wait_publishes(1)
        lab.block(leader)
        lab.wait_publishes(2)

    history = lab.watch(experiment)
    assert action(history, ev.LoopBlocked).seconds == BLOCK_S
    times = [one.time for one in history.of(ev.Published, worker=leader.name)]
    assert max(b - a for a, b in itertools.pairwise(times)) >= BLOCK_S


def test_a_frozen_leader_is_replaced_and_comes_back(lab):
    old = lab.leader()

    def experiment(lab):
        lab.freeze(old)
        lab.wait_new_leader(old)
        lab.thaw(old)
        lab.wait_members(3)

    history = lab.watch(experiment)
    frozen, thawed = action(history, ev.WorkerFrozen), action(history, ev.WorkerThawed)
    published = history.of(ev.Published, worker=old.name)
    assert not [one for one in published if frozen.effective < one.time < thawed.time]
    assert len(assert_one_holder(history)[-1].members) == 3


def test_workers_are_added_and_the_youngest_go_first(lab):
    before = sorted(lab.running(), key=lambda worker: worker.started)
    (added,) = lab.add(1, settings={"BLOCK_S": "0.5"})
    lab.wait_members(4)
    lab.block(added)
    assert lab.history().of(ev.LoopBlocked)[-1].seconds == 0.5
    lab.scale(2)
    assert sorted(lab.running(), key=lambda worker: worker.started) == before[:2]
    assert added.process.status == 0
    history = lab.wait_members(2)
    assert set(history.of(ev.GroupStored)[-1].workers) == {worker.name for worker in before[:2]}


def test_a_rolling_restart_leaves_the_same_workers_with_new_lives(lab):
    own = {"BLOCK_S": "0.25"}
    lab.scale(2)
    lab.add(1, settings=own)
    before = lab.running()
    generation = lab.wait_members(3).of(ev.GroupStored)[-1].generation

    def experiment(lab):
        lab.rolling_restart()
        lab.wait_members(3)
        lab.wait_leader()

    history = lab.watch(experiment)
    after = lab.running()
    assert sorted(w.name for w in after) == sorted(w.name for w in before)
    assert not {w.process.pid for w in after} & {w.process.pid for w in before}
    assert {w.process.status for w in before} == {0}
    acts = history.of(ev.WorkerInterrupted, ev.WorkerStarted)[-6:]
    assert {one.by for one in acts} == {"tests"}
    assert [type(one) for one in acts] == [ev.WorkerInterrupted, ev.WorkerStarted] * 3
    assert [one.settings for one in acts if isinstance(one, ev.WorkerStarted)].count(
        "BLOCK_S=0.25"
    ) == 1
    assert assert_one_holder(history)[-1].generation >= generation + 3


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_a_broker_that_comes_back_has_its_data_and_its_generation(lab, how):
    before = lab.kafka.witness.records(lab.topic)
    generation = lab.wait_members(3).of(ev.GroupStored)[-1].generation
    pid = lab.kafka.process.pid

    history = lab.watch(lambda lab: go_through_an_outage(lab, how), settle=20)
    action(history, ev.BrokerStopped if how == "stop" else ev.BrokerKilled)
    action(history, ev.BrokerStarted)
    assert lab.kafka.process.pid != pid
    values = [record.value for record in lab.kafka.witness.records(lab.topic)]
    assert {record.value for record in before} <= set(values)
    assert len(values) > len(before)
    assert lab.history().of(ev.GroupStored)[-1].generation >= generation
    offsets = [one.offset for one in lab.history().of(ev.GroupStored)]
    assert len(offsets) == len(set(offsets))


# What cannot be done is said, and nothing is done


@pytest.fixture(scope="module")
def others(running):
    """A worker that has ended, one that has been cut off, one that is frozen, and nobody."""
    running.recover()
    whole, cut, frozen = running.running()
    (dead,) = running.add(1)
    running.kill(dead)
    dead.process.wait(within=10)
    running.cut(cut)
    running.freeze(frozen)
    return {"whole": whole, "cut": cut, "frozen": frozen, "dead": dead, "nobody": None}


REFUSED = [
    *(("dead", fault, "has already ended") for fault in ("cut", "slow", "block", "freeze", "thaw")),
    *(
        ("nobody", fault, "is not a worker of this run")
        for fault in ("cut", "slow", "block", "freeze", "thaw", "interrupt", "kill", "heal")
    ),
]
SO_ALREADY = [
    ("dead", "interrupt", "has already ended, with status 137"),
    ("dead", "kill", "has already ended, with status 137"),
    ("dead", "heal", "neither cut off nor slow: nothing to heal"),
    ("whole", "heal", "neither cut off nor slow: nothing to heal"),
    ("whole", "thaw", "is not frozen: there is nothing to thaw"),
    ("whole", "start", "is already running"),
    ("cut", "cut", "is already cut off"),
    ("frozen", "freeze", "is already frozen"),
    ("frozen", "start", "is frozen and has not ended: thaw it"),
]


@pytest.mark.parametrize(("whom", "fault", "told"), REFUSED)
def test_a_fault_that_cannot_be_is_refused(running, others, whom, fault, told):
    more = [1.0] if fault == "slow" else []
    refuses(running, lambda: getattr(running, fault)(others[whom], *more), told)


@pytest.mark.parametrize(("whom", "act", "told"), SO_ALREADY)
def test_what_is_so_already_is_said_and_not_done(running, others, capsys, whom, act, told):  # noqa: PLR0917
    before = state_of(running)
    getattr(running, act)(others[whom])
    assert told in capsys.readouterr().out
    assert state_of(running) == before


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (lambda lab: lab.add(5), "4 places for workers, 1 of them free"),
        (lambda lab: lab.add(0), "One worker or more can be added, but not 0"),
        (lambda lab: lab.add(-1), "One worker or more can be added, but not -1"),
        (lambda lab: lab.scale(5), "4 places for workers"),
        (lambda lab: lab.scale(-1), "not -1"),
        (lambda lab: lab.scale(0), r"is (frozen|cut off) and could not shut down cleanly"),
        (lambda lab: lab.rolling_restart(), r"is (frozen|cut off) and could not shut down"),
        (lambda lab: lab.workers.launch("faust -A faulty worker --web-port 6066"), "not 6066"),
        (lambda lab: lab.start(6066), "6066 is not a worker of this run"),
        (lambda lab: lab.start_broker(2), "There is no broker 2"),
        (lambda lab: lab.stop_broker(0), "There is no broker 0"),
        (lambda lab: lab.kill_broker("1"), "There is no broker 1"),
        *(
            (lambda lab, seconds=seconds: lab.slow(lab.running()[0], seconds), "made slow by")
            for seconds in (0, -1, float("inf"), float("nan"))
        ),
        (lambda lab: lab.block(lab.running()[0], 1), f"blocks for {BLOCK_S} s, as its setting"),
    ],
)
def test_what_there_is_no_room_or_no_broker_for_is_refused(running, others, asked, told):
    refuses(running, lambda: asked(running), told)


def refuses(lab, asked, told):
    """One LabError, and afterwards all is as it was."""
    before = state_of(lab)
    with pytest.raises(LabError, match=told):
        asked()
    assert state_of(lab) == before


def state_of(lab):
    acts = [one for one in lab.history() if isinstance(one, ev.Action)]
    pids = [worker.process.pid for worker in lab.running()]
    return acts, pids, lab.kafka.process.pid, lab.kafka.alive


def test_a_worker_that_is_still_starting_is_left_alone(lab):
    lab.scale(3)
    starting = lab.scaling.add_starting()
    for fault in (lab.cut, lambda worker: lab.slow(worker, 1), lab.block):
        with pytest.raises(LabError, match="is still starting: nothing was done to it"):
            fault(starting)
    lab.workers.wait_ready(starting, within=90)
    assert starting.alive
    lab.cut(starting)
    lab.kill(starting)
    again = lab.start(starting)  # its network is whole again
    assert again.ready
    assert lab.history().of(ev.WorkerHealed)[-1].worker == starting.name


def test_a_broker_that_is_down_is_not_stopped_again(lab, capsys):
    lab.start_broker()
    assert "Kafka is already running" in capsys.readouterr().out
    lab.stop_broker()
    before = state_of(lab)
    for asked in (lab.stop_broker, lab.kill_broker):
        asked()
        assert "Kafka is already down" in capsys.readouterr().out
    assert state_of(lab) == before
    with pytest.raises(LabError, match="no broker named the coordinator"):
        lab.kafka.coordinator(lab.app, within=1)
    lab.start_broker()
    wait_until(lambda: lab.coordinator() == 1, within=60, why=lambda: "no coordinator")


def test_a_broker_that_does_not_answer_in_time_is_down_as_before(lab):
    lab.stop_broker()
    with pytest.raises(LabError, match="does not answer"):
        lab.kafka.start_broker(within=0.0)
    assert not lab.kafka.brokers[0].alive
    lab.start_broker()
    history = lab.wait_publishes(1)
    assert len(history.of(ev.BrokerStarted)) == len(history.of(ev.BrokerStopped, ev.BrokerKilled))


def test_what_is_just_ending_does_not_count_as_running(lab):
    lab.interrupt(lab.running()[0])
    lab.recover()
    assert len(lab.running()) == 3
    assert not any(worker.ending for worker in lab.running())
