"""Records the logs and the history that the unit tests read: `python tests/data/record.py`.

Three workers with a 6 s session. The leader is interrupted and started again, the next one is
killed, the one after that is frozen until another has led for a while, and thawed.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from electionlab import Kafka, Workers
from electionlab.lab.walkthrough import COMMAND, PORTS

HERE = Path(__file__).parent


def record(workers: Workers) -> None:
    for port in PORTS:
        workers.start(COMMAND.format(port=port))
    workers.wait(lambda h: h.published_by_leader(4), within=60)
    for fault in (workers.interrupt, workers.kill, workers.freeze):
        leader = workers.leader()
        assert leader
        fault(leader)
        workers.follow_new_leader(leader, greetings=3)
        if fault == workers.freeze:
            workers.thaw(leader)
            workers.follow_return(leader)
        else:
            workers.start(leader.command)
    workers.read_topic()


def main() -> None:
    patience = {"BROKER_SESSION_TIMEOUT": "6", "BROKER_HEARTBEAT_INTERVAL": "1"}
    with Kafka() as kafka, Workers(kafka, settings=patience) as workers:
        record(workers)
        workers.stop()
        for old in HERE.glob("*.log"):
            old.unlink()
        for life in workers.lives:
            shutil.copy(life.log, HERE / life.log.name)
        workers.history().save(HERE / "history.jsonl")


if __name__ == "__main__":
    main()
