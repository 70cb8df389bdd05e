"""Records a run of five workers on eight partitions, each restarted in turn.

    python tests/data/record_restarts.py
"""

from __future__ import annotations

from pathlib import Path

from electionlab import events as ev
from electionlab.history import History
from electionlab.lab import Lab

UNREAD = (ev.Logged, ev.WorkerView, ev.GroupSeen)  # by any check; and logs name folders
HERE = Path(__file__).parent


def main() -> None:
    with Lab(5, by="record_restarts.py") as lab:
        lab.wait_members(5)
        lab.rolling_restart()
        lab.wait_members(5)
        lab.wait_greetings(5)
        told = lab.finish()
    kept = (event for event in told if not isinstance(event, UNREAD))
    History(kept, told.about, told.zero).save(HERE / "five-workers.jsonl")


if __name__ == "__main__":
    main()
