"""Records what a coordinator writes about a group.

    PYTHONPATH=tests/support python tests/data/record_journal.py

Two workers, one of them a static member. The first one joins alone; then both are members; then
both leave. Of each kind of record a few are kept, key and value as hexadecimal digits.
"""

from __future__ import annotations

import json
from pathlib import Path

from journals import read

from electionlab import events as ev
from electionlab.lab import Lab

HERE = Path(__file__).parent
KEPT = 2  # commits


def main() -> None:
    with Lab(size=1, room=2) as lab:
        lab.add(1, settings={"CONSUMER_GROUP_INSTANCE_ID": "static-2"})
        lab.wait_members(2)
        lab.wait(lambda h: h.of(ev.OffsetCommitted), within=60)
        for worker in lab.running():
            lab.interrupt(worker)
            worker.process.wait(within=60)
        told = list(read(lab.kafka.witness))
    kept, commits = [], 0
    for _, key, value in told:
        commits += key[:2] != b"\0\2"
        if key[:2] == b"\0\2" or commits <= KEPT:
            kept.append({"key": key.hex(), "value": None if value is None else value.hex()})
    lines = ",\n".join(json.dumps(one) for one in kept)
    (HERE / "journal.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
