"""Literal events and histories, short enough to be read in a test."""

from pathlib import Path

from electionlab import events as ev
from electionlab.history import History

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


def cut(time, worker):
    return ev.WorkerCut(time=time, worker=worker)


def healed(time, worker):
    return ev.WorkerHealed(time=time, worker=worker)


def blocked(time, worker, seconds):
    return ev.LoopBlocked(time=time, worker=worker, seconds=seconds)


def broker_killed(time, broker=1):
    return ev.BrokerKilled(time=time, worker="kafka", broker=broker)


def broker_started(time, broker=1, effective=None):
    return ev.BrokerStarted(time=time, worker="kafka", broker=broker, effective=effective)


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
    )


def assigned(time, worker, leads, line=None):
    partitions = {LEADER_TOPIC: (0,)} if leads else {}
    partitions[GREETINGS_TOPIC] = (0, 1)
    return ev.PartitionsAssigned(time=time, worker=worker, line=line, partitions=partitions)


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
