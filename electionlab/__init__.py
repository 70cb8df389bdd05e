"""A leader election to watch, break and trust: real Kafka, real Faust workers, checked claims.

What a notebook needs:

    Kafka      a broker or three, or the one that is there already
    ZooKeeperWay   the same, started as the playbook does it, ZooKeeper first
    Sasl       a user and a password, for a Kafka that asks for them over TLS
    Workers    the playbook's workers, what is done to them, and the history of it
    History    what happened, saved and loaded
    Timeline   the picture of a history
    Views      who leads by log, by HTTP and by the broker, as a picture
    Rebalance  the sequence diagram of one rebalance, from what was captured of it
    Distribution   measured values in groups, as a picture
    Logs       the logs of a run, to read and to download
    checks     what must hold of a history, as functions that return a Verdict
    events     the kinds of events that a history has
"""

from electionlab import checks, events
from electionlab.bands import Views
from electionlab.checks import Verdict
from electionlab.distribution import Distribution
from electionlab.errors import LabError
from electionlab.history import History
from electionlab.kafka import Kafka, occupied
from electionlab.logs import Logs
from electionlab.security import Sasl
from electionlab.sequence import Rebalance
from electionlab.timeline import Timeline
from electionlab.worker import Worker
from electionlab.workers import Workers
from electionlab.zookeeper import ZooKeeperWay

__all__ = [
    "Distribution",
    "History",
    "Kafka",
    "LabError",
    "Logs",
    "Rebalance",
    "Sasl",
    "Timeline",
    "Verdict",
    "Views",
    "Worker",
    "Workers",
    "ZooKeeperWay",
    "checks",
    "events",
    "occupied",
]
