"""Measures how long histories are read and checked: `python benchmarks/histories.py`.

The long history is no recording: it is tests/data/history.jsonl over and over, one run after the
other, each with workers' names, member ids, generations, offsets and greetings of its own, and with
the broker's log of the group added. Seconds are the processor's, because other work on the machine
is not what is measured; memory is that of a process that does nothing else.
"""

from __future__ import annotations

import dataclasses
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from electionlab import checks
from electionlab.history import events as ev
from electionlab.history.event_json import event_to_json
from electionlab.history.history import History

RECORDED = Path(__file__).parent.parent / "tests" / "data" / "history.jsonl"
PAUSE_S = 5.0  # between one run and the next
DERIVED = (ev.LeadershipGained, ev.LeadershipLost)
LAST_OF_A_RUN = (ev.RunEnding, ev.HistoryEnded)


def repeated(count: int) -> Iterator[ev.Event]:
    """At least `count` events in order of time: the recorded run, again and again."""
    recorded = History.load(RECORDED)
    run = [event for event in recorded if not isinstance(event, (*DERIVED, *LAST_OF_A_RUN))]
    run = sorted([*run, *stored_groups(recorded)], key=lambda event: event.time)
    length_s = recorded.end - recorded.start + PAUSE_S
    runs = -(-count // len(run))
    for number in range(runs):
        yield from (shifted(event, number, length_s, recorded.workers) for event in run)
    yield ev.HistoryEnded(time=recorded.start + runs * length_s, worker="lab")


def stored_groups(recorded: History) -> Iterator[ev.GroupStored]:
    """What a broker would have stored: each generation when its last member had joined."""
    for generation in recorded.generations:
        joins = [join for join in recorded.member_joins if join.generation == generation.number]
        ids = {join.worker: join.member_id for join in joins}
        leader = ids.get(generation.leader or "")
        yield ev.GroupStored(
            time=max(join.time for join in joins),
            worker="kafka",
            generation=generation.number,
            members=tuple(ids[worker] for worker in generation.members),
            group_leader=ids.get(generation.group_leader or ""),
            leader=leader,
            holders=(leader,) if leader else (),
            offset=generation.number,
        )


def shifted(event: ev.Event, number: int, length_s: float, names: list[str]) -> ev.Event:
    """The event as the run with this number would have it. Names go round: who led the first run
    is the second worker of the next."""
    changed: dict[str, object] = {"time": event.time + number * length_s}
    if event.worker in names:
        changed["worker"] = names[(names.index(event.worker) + number) % len(names)]
    if isinstance(event, (ev.MemberJoined, ev.GroupStored)):
        changed["generation"] = event.generation + 9 * number
    if isinstance(event, ev.MemberJoined):
        changed["member_id"] = f"{event.member_id}-{number}"
    elif isinstance(event, ev.GroupStored):
        changed["members"] = tuple(f"{member}-{number}" for member in event.members)
        changed["holders"] = tuple(f"{member}-{number}" for member in event.holders)
        for name in ("leader", "group_leader"):
            if member := getattr(event, name):
                changed[name] = f"{member}-{number}"
    elif isinstance(event, (ev.GreetingPrinted, ev.GreetingStored)):
        changed["greeting"] = f"{event.greeting}{number:05}"
    if isinstance(event, ev.GreetingStored):
        changed["offset"] = event.offset + 20 * number
    return dataclasses.replace(event, **changed)


def write(path: Path, count: int) -> None:
    """A history file of `count` events or a few more, written as it is made."""
    begun = 0.0
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps({"format": "electionlab-history", "version": 2, "about": {}}) + "\n")
        for event in repeated(count):
            begun = begun or event.time
            file.write(json.dumps(event_to_json(event, begun), ensure_ascii=False) + "\n")


def read_and_check(path: str) -> None:
    """In a process of its own: print seconds to load, seconds to check, and resident MB."""
    begun = time.process_time()
    history = History.load(path)
    loaded = time.process_time()
    for check in checks.ALL:
        before = time.process_time()
        verdict = check(history)
        print(f"{check.__name__}: {time.process_time() - before:.2f} s, {verdict.finding}")
    checked = time.process_time()
    resident_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([len(history), loaded - begun, checked - loaded, resident_mb]))


def rebuild(count: int, rounds: int = 20) -> float:
    """Median seconds to make a history of `count` events that are there, and ask for its leader."""
    events = list(repeated(count))
    took = []
    for _ in range(rounds):
        begun = time.process_time()
        assert History(events).leader is None
        took.append(time.process_time() - begun)
    return sorted(took)[rounds // 2]


def rows(count: int = 1_000_000) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.jsonl"
        write(path, count)
        output = subprocess.run(
            [sys.executable, __file__, str(path)], check=True, capture_output=True, encoding="utf-8"
        ).stdout
    events, load_s, check_s, resident_mb = json.loads(output.splitlines()[-1])
    what = f"a made-up history of {events:,} events"
    return [
        f"| {what} is loaded, processor s | {load_s:.1f} | |",
        f"| … is checked ({len(checks.ALL)} checks), processor s | {check_s:.1f} | |",
        f"| … both, processor s | {load_s + check_s:.1f} | at most 10 |",
        f"| … peak resident memory, MB | {resident_mb:.0f} | at most 500 |",
        f"| one of 50,000 events is made anew, ms | {rebuild(50_000) * 1000:.1f} | |",
    ]


if __name__ == "__main__":
    if sys.argv[1:]:
        read_and_check(sys.argv[1])
    else:
        print("\n".join(rows()))
