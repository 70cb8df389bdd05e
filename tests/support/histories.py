"""Literal events and histories, short enough to be read in a test: all unit tests share them."""

from pathlib import Path

from electionlab.history import events as ev
from electionlab.history.history import History

DATA = Path(__file__).parent.parent / "data"
LOGS = sorted(DATA.glob("*.log"))
LEADER_TOPIC = "leader-example-__assignor-__leader"
GREETINGS_TOPIC = "leader-example-leader.say"


def started(time, worker):
    return ev.WorkerStarted(time=time, worker=worker, pid=1, command="faust", log=f"{worker}.log")


def exited(time, worker, status=0):
    return ev.WorkerExited(time=time, worker=worker, status=status)


def killed(time, worker):
    return ev.WorkerKilled(time=time, worker=worker)


def frozen(time, worker):
    return ev.WorkerFrozen(time=time, worker=worker)


def thawed(time, worker):
    return ev.WorkerThawed(time=time, worker=worker)


def interrupted(time, worker):
    return ev.WorkerInterrupted(time=time, worker=worker)


def cut(time, worker, effective=None):
    return ev.WorkerCut(time=time, worker=worker, effective=effective)


def healed(time, worker, effective=None):
    return ev.WorkerHealed(time=time, worker=worker, effective=effective)


def blocked(time, worker, seconds):
    return ev.LoopBlocked(time=time, worker=worker, seconds=seconds)


def broker_killed(time, broker=1):
    return ev.BrokerKilled(time=time, worker="kafka", broker=broker)


def broker_started(time, broker=1, effective=None, fresh=False):
    return ev.BrokerStarted(
        time=time, worker="kafka", broker=broker, effective=effective, fresh=fresh
    )


def joined(time, worker, generation, member_id=None):
    return ev.MemberJoined(
        time=time,
        worker=worker,
        generation=generation,
        member_id=member_id or f"faust-{worker}",
    )


def group_stored(time, generation, members="", leader=None, holders=None):
    """The broker stored a generation; members are named by letters, the first is group leader."""
    ids = [f"faust-{worker}" for worker in members]
    holders = [leader] if holders is None and leader else holders or []
    return ev.GroupStored(
        time=time,
        worker="kafka",
        generation=generation,
        members=tuple(ids),
        group_leader=ids[0] if ids else None,
        leader=f"faust-{leader}" if leader else None,
        holders=tuple(f"faust-{worker}" for worker in holders),
        offset=generation,
    )


def assigned(time, worker, leads, line=None):
    partitions = {LEADER_TOPIC: (0,)} if leads else {}
    partitions[GREETINGS_TOPIC] = (0, 1)
    return ev.PartitionsAssigned(time=time, worker=worker, line=line, partitions=partitions)


def given(time, worker, *numbers):
    """The worker is assigned these partitions of the greetings, and does not lead."""
    return ev.PartitionsAssigned(time=time, worker=worker, partitions={GREETINGS_TOPIC: numbers})


def slowed(time, worker, delay_s=0.5):
    return ev.WorkerSlowed(time=time, worker=worker, delay_s=delay_s)


def broker_stopped(time, broker=1):
    return ev.BrokerStopped(time=time, worker="kafka", broker=broker)


def view(time, worker, leads, leader=None, heir=False):
    return ev.WorkerView(time=time, worker=worker, leader=leader, leads=leads, heir=heir)


def noticed(time, worker, line=None):
    return ev.RebalanceNoticed(time=time, worker=worker, line=line)


def left(time, worker):
    return ev.GroupLeft(time=time, worker=worker)


def stopping(time, worker):
    return ev.WorkerStopping(time=time, worker=worker, signal=2)


def committed(time, offset, partition=0):
    return ev.OffsetCommitted(
        time=time, worker="kafka", topic=GREETINGS_TOPIC, partition=partition, committed=offset
    )


def revoked(time, worker):
    return ev.PartitionsRevoked(time=time, worker=worker, partitions={})


def published(time, worker, line=None):
    return ev.Published(time=time, worker=worker, line=line)


def printed(time, worker, greeting):
    return ev.GreetingPrinted(time=time, worker=worker, greeting=greeting)


def stored(time, greeting, offset=0):
    return ev.GreetingStored(
        time=time, worker="kafka", greeting=greeting, partition=0, offset=offset
    )


def ending(time):
    return ev.RunEnding(time=time, worker="lab")


def ended(time):
    return ev.HistoryEnded(time=time, worker="lab")


def faulty_run():
    """A run with a fault of each kind: two workers, two brokers, 30 s."""
    events = [started(0, "A"), started(0, "B"), joined(1, "A", 1), assigned(1, "A", True)]
    events += [joined(1, "B", 1), assigned(1, "B", False)]
    events += [slowed(2, "B"), healed(4, "B"), cut(5, "A"), healed(12, "A", 12.5)]
    events += [joined(9, "B", 2), assigned(9, "B", True), assigned(13, "A", False)]
    events += [blocked(14, "B", 3), broker_stopped(18, 2), broker_started(21, 2, 22)]
    return [*events, broker_killed(24, 1), frozen(26, "A"), ending(30), ended(30)]


def stale_run():
    """A leads, is cut at 5 s and healed at 20 s; the broker names B from 10 s, A knows at 21 s.

    Both answer over HTTP twice a second. The run ends at 30 s.
    """
    events = [started(0, "A"), started(0, "B"), joined(1, "A", 1), joined(1, "B", 1)]
    events += [group_stored(1, 1, "AB", "A"), assigned(1, "A", True), assigned(1, "B", False)]
    events += [cut(5, "A"), joined(10, "B", 2), group_stored(10, 2, "B", "B")]
    events += [assigned(10.05, "B", True), healed(20, "A")]
    events += [joined(21, "A", 3), joined(21, "B", 3), group_stored(21, 3, "AB", "B")]
    events += [assigned(21.1, "A", False), assigned(21.1, "B", True)]
    for number in range(4, 59):
        time = number / 2
        leads = {"A": time < 21.1, "B": time > 10.05}
        events += [view(time, name, leads[name], heir=not leads[name]) for name in "AB"]
    return [*events, ending(30), ended(30)]


def busy_run(workers=10, actions=500, seconds=3600):
    """A long storm: `actions` freezes and thaws, one after the other, and leaders that change."""
    names = [str(6066 + number) for number in range(workers)]
    events = [started(0, name) for name in names]
    for number in range(actions):
        name, time = names[number % workers], 10 + number * (seconds - 20) / actions
        act = (frozen, thawed)[number // workers % 2]
        events += [act(time, name), joined(time + 1, name, number), assigned(time + 1, name, True)]
        events += [
            assigned(time + 1, names[number % workers - 1], False),
            published(time + 2, name),
        ]
    return [*events, ended(seconds)]


def sound_run():
    """A run without a fault of the election, as a list of events.

    A leads from 1 s and publishes every 2 s from 2 to 8 s. It is killed at 9 s. B leads from 12 s
    and publishes from 13 to 19 s. Both print greetings. The run ends at 20 s. The broker stored
    generations 1 (A and B) at 1 s, 2 (B) at 12 s and 3 (nobody) at 21 s.
    """
    events = [started(0, "A"), started(0, "B"), group_stored(1, 1, "AB", leader="A")]
    events += [group_stored(12, 2, "B", leader="B"), group_stored(21, 3)]
    events += [joined(1, "A", 1), assigned(1, "A", True), joined(1, "B", 1)]
    events += [assigned(1, "B", False)]
    for number, (time, worker) in enumerate(
        [(2, "A"), (4, "A"), (6, "A"), (8, "A"), (13, "B"), (15, "B"), (17, "B"), (19, "B")]
    ):
        printer = "B" if number % 2 or time > 9 else "A"
        greeting = f"0.{number}"
        events.append(published(time, worker))
        events.append(stored(time + 0.01, greeting, number))
        events.append(printed(time + 0.1, printer, greeting))
    events += [killed(9, "A"), exited(9, "A", 137), joined(12, "B", 2), assigned(12, "B", True)]
    return [*events, ending(20), exited(21, "B"), ended(22)]


def recorded():
    return History.load(DATA / "history.jsonl")


def run_of(*events, workers="AB", end=40):
    """Workers start at 0 s and A leads from 1 s on."""
    begin = [*(started(0, worker) for worker in workers), assigned(1, "A", True)]
    return History([*begin, *events, ended(end)])
