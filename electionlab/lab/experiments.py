"""The experiments of notebooks 03 and 04: each breaks one thing and waits for what follows.

An experiment is a function of a running lab. Try one on a lab of your own:

    with Lab() as lab:
        kill_the_leader(lab)
        history = lab.finish()

`WORKERS` (notebook 03) and `KAFKA` (notebook 04) say which experiments share a lab, one after
another; `benches` runs these labs side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from electionlab.lab.lab import Lab

Experiment = Callable[[Lab], None]

# One worker --------------------------------------------------------------------------------------


def interrupt_the_leader(lab: Lab) -> None:
    """Ctrl+C: the leader says goodbye to the group."""
    old = lab.leader()
    lab.interrupt(old)
    lab.wait_new_leader(old, greetings=4)


def kill_the_leader(lab: Lab) -> None:
    """kill -9: the leader is silent from then on."""
    old = lab.leader()
    lab.kill(old)
    lab.wait_new_leader(old, greetings=3)


def freeze_the_leader(lab: Lab) -> None:
    """SIGSTOP, and SIGCONT once another worker leads."""
    old = lab.leader()
    lab.freeze(old)
    lab.wait_new_leader(old, greetings=3)
    lab.thaw(old)
    lab.wait_members(3)
    lab.wait_leader(greetings=2)


def cut_off_the_leader(lab: Lab) -> None:
    """Only the leader's network is cut; it is healed once another worker leads."""
    old = lab.leader()
    lab.cut(old)
    lab.wait_new_leader(old, greetings=4)
    lab.heal(old)
    lab.wait_members(3)
    lab.wait_leader(greetings=2)


def slow_down_the_leader(lab: Lab) -> None:
    """Whatever the leader sends or receives arrives 0.4 s late."""
    old = lab.leader()
    lab.slow(old, delay_s=0.4)
    lab.wait_publishes(4)
    lab.heal(old)


def block_the_leader(lab: Lab) -> None:
    """The leader's event loop is blocked for 8 s: longer than its session."""
    lab.block(lab.leader(), seconds=8)
    lab.wait_publishes(3)


def block_the_leader_for_long(lab: Lab) -> None:
    """The leader's event loop is blocked for 12 s: longer than its client waits for it (6 s)."""
    old = lab.leader()
    lab.block(old, seconds=12)
    lab.wait_new_leader(old, greetings=6)


def skew_a_timer(lab: Lab) -> None:
    """A worker whose timer runs every 1.2 s joins, and ends up as the only worker."""
    others = lab.running()
    lab.add(settings={"TIMER_INTERVAL_S": "1.2"})
    for worker in others:
        lab.interrupt(worker)
    lab.wait_members(1)
    lab.wait_publishes(5)


def start_one_more(lab: Lab) -> None:
    """Another worker joins those that are running."""
    members = len(lab.running())
    lab.add()
    lab.wait_members(members + 1)
    lab.wait_greetings(2)


# Kafka -------------------------------------------------------------------------------------------


def restart_the_broker(lab: Lab) -> None:
    """The only broker stops, and starts again with its data."""
    lab.stop_broker()
    lab.wait_publishes(4)
    lab.start_broker()
    lab.wait_greetings(5)


def replace_kafka(lab: Lab) -> None:
    """The only broker stops, and an empty one replaces it, as when `make kafka` is run again."""
    lab.wait_greetings(2)
    lab.replace_broker()
    lab.wait_publishes(6)


def kill_one_of_three(lab: Lab) -> None:
    """One of three brokers dies, but not the one that coordinates the workers' group."""
    number = next(n for n in (1, 2, 3) if n != lab.coordinator())
    lab.kill_broker(number)
    lab.wait_publishes(3)
    lab.start_broker(number)
    lab.wait_greetings(3)


def kill_the_coordinator(lab: Lab) -> None:
    """Of three brokers, the one that coordinates the workers' group dies."""
    number = lab.coordinator()
    lab.kill_broker(number)
    lab.wait_publishes(3)
    lab.start_broker(number)
    lab.wait_greetings(3)


def kill_all_brokers(lab: Lab) -> None:
    """All three brokers die, and start again with their data."""
    for number in 1, 2, 3:
        lab.kill_broker(number)
    lab.wait_publishes(3)
    for number in 1, 2, 3:
        lab.start_broker(number)
    lab.wait_greetings(5)


# The group ---------------------------------------------------------------------------------------


def rolling_restart(lab: Lab) -> None:
    """Each worker in turn is stopped by Ctrl+C and started again, as an upgrade does."""
    lab.rolling_restart()
    lab.wait_greetings(2)


def from_two_to_ten_and_back(lab: Lab) -> None:
    """Eight workers join two; then nine leave."""
    lab.scale(10)
    lab.wait_members(10)
    lab.wait_greetings(2)
    lab.scale(1)
    lab.wait_members(1)
    lab.wait_greetings(2)


def more_workers_than_partitions(lab: Lab) -> None:
    """Four workers share two partitions of the greetings. Once the two without any have left the
    group, the other two get Ctrl+C."""
    busy = lab.wait_members(2).stored_workers()
    for worker in lab.running():
        if worker.name in busy:
            lab.interrupt(worker)
    lab.wait_members(0)
    lab.wait_nobody_leads(seconds=12)


def interrupt_a_static_leader(lab: Lab) -> None:
    """Three workers with fixed identities in the group; then Ctrl+C on the leader."""
    for number in 1, 2, 3:
        lab.add(settings={"CONSUMER_GROUP_INSTANCE_ID": f"worker-{number}"})
    lab.wait_publishes(1)
    old = lab.leader()
    lab.interrupt(old)
    lab.wait_new_leader(old, greetings=2)


def join_without_standbys(lab: Lab) -> None:
    """table_standby_replicas=0: two workers join a leader, one after the other. Their client ids
    make each newcomer the first by name."""
    for members, name in (2, "b"), (3, "a"):
        lab.add(settings={"BROKER_CLIENT_ID": name})
        lab.wait_members(members)
        lab.wait_publishes(1)


def publish_often(lab: Lab) -> None:
    """The timer runs 80 times a second instead of once every 2 s, for 800 greetings."""
    lab.wait_greetings(800)


@dataclass(frozen=True)
class Bench:
    """Experiments that share one lab, in this order. Between two of them the lab recovers: workers
    that have ended are started again, until there are `size` of them."""

    make: Callable[[], Lab]
    experiments: tuple[Experiment, ...]


WORKERS = (
    Bench(
        lambda: Lab(program="faulty", settings={"BLOCK_S": "8"}, by="network"),
        (cut_off_the_leader, slow_down_the_leader, block_the_leader, skew_a_timer),
    ),
    Bench(
        lambda: Lab(by="signals"),
        (
            *(interrupt_the_leader, kill_the_leader, freeze_the_leader, start_one_more),
            rolling_restart,
        ),
    ),
    Bench(lambda: Lab(size=2, room=10, by="scale"), (from_two_to_ten_and_back,)),
    Bench(
        lambda: Lab(
            size=4,
            settings={"TOPIC_PARTITIONS": "2", "BROKER_MAX_POLL_INTERVAL": "6"},
            by="crowd",
        ),
        (more_workers_than_partitions,),
    ),
    Bench(
        lambda: Lab(
            size=2,
            program="faulty",
            settings={"BLOCK_S": "12", "BROKER_MAX_POLL_INTERVAL": "6"},
            by="long block",
        ),
        (block_the_leader_for_long,),
    ),
    Bench(lambda: Lab(size=0, by="static"), (interrupt_a_static_leader,)),
    Bench(
        lambda: Lab(
            size=1,
            settings={"TABLE_STANDBY_REPLICAS": "0", "BROKER_CLIENT_ID": "c"},
            by="no standbys",
        ),
        (join_without_standbys,),
    ),
    Bench(
        lambda: Lab(
            program="faulty",
            # Not 4: two that come first would keep two each, and leave the third one none.
            settings={"TOPIC_PARTITIONS": "5", "TIMER_INTERVAL_S": "0.0125"},
            by="often",
        ),
        (publish_often,),
    ),
)
"""The labs of notebook 03, the longest first."""

KAFKA = (
    Bench(
        lambda: Lab(brokers=3, by="brokers"),
        (kill_one_of_three, kill_the_coordinator, kill_all_brokers),
    ),
    Bench(lambda: Lab(by="one broker"), (restart_the_broker, replace_kafka)),
)
"""The labs of notebook 04, the longest first."""
