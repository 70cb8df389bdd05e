"""Records a run in which Kafka is replaced by an empty one while three workers go on.

    python tests/data/record_replaced.py
"""

from __future__ import annotations

from pathlib import Path

from electionlab import PROJECT, History, Lab
from electionlab import events as ev
from electionlab.lab import page_experiments

UNREAD = (ev.Logged, ev.WorkerView)  # by any check; and logs name folders
HERE = Path(__file__).parent


def main() -> None:
    experiments = page_experiments.load(PROJECT / "notebooks" / "04-break-kafka.ipynb")
    with Lab(by="record_replaced.py") as lab:
        told = lab.watch(experiments["replace_kafka"])
    kept = (event for event in told if not isinstance(event, UNREAD))
    History(kept, told.about, told.zero).save(HERE / "replaced-kafka.jsonl")


if __name__ == "__main__":
    main()
