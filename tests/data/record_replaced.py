"""Records a run in which Kafka is replaced by an empty one while three workers go on.

    python tests/data/record_replaced.py
"""

from __future__ import annotations

from pathlib import Path

from electionlab import History, Lab, experiments
from electionlab import events as ev

UNREAD = (ev.Logged, ev.WorkerView)  # by any check; and logs name folders
HERE = Path(__file__).parent


def main() -> None:
    with Lab(by="record_replaced.py") as lab:
        told = lab.watch(experiments.replace_kafka)
    kept = (event for event in told if not isinstance(event, UNREAD))
    History(kept, told.about).save(HERE / "replaced-kafka.jsonl")


if __name__ == "__main__":
    main()
