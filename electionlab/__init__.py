"""A leader election to watch, break and trust: real Kafka, real Faust workers, checked claims.

What a notebook needs:

    Kafka      a broker or three, or the one that is there already
    ZooKeeperWay   the same, started as the playbook does it, ZooKeeper first
    Sasl       a user and a password, for a Kafka that asks for them over TLS
    Workers    the playbook's workers, what is done to them, and the history of it
    Lab        a Kafka and workers of its own, to break in every way; `start_lab` for a cell
    Panel      a live panel of a run: cards with buttons, the timeline and the log
    run        runs an experiment, a function of a lab, and returns its history
    InsideWorker   a worker inside this interpreter
    History    what happened, saved and loaded
    Timeline   the picture of a history
    Views      who leads by log, by HTTP and by the broker, as a picture
    Rebalance  the sequence diagram of one rebalance, from what was captured of it
    Distribution   measured values in groups, as a picture
    Logs       the logs of a run, to read and to download
    tables     a history, or its group, in rows
    checks     what must hold of a history, as functions that return a Verdict
    events     the kinds of events that a history has
    exercises  for learners, each with a check of the answer
    claims     the claims ledger
    PROJECT    the folder of this checkout

Each stands in one of the rooms (`host`, `history`, `kafka`, `checks`, `pictures`, `lab`, `storm`,
`failover`, `fencing`, `elections`, `exercises`, `panel`, `book`), whose first lines say what it is
for. A name is imported on first use.
"""

import sys

import lazy_loader

if "ipykernel" in sys.modules:  # a notebook's kernel, or a page's
    from electionlab.errors import require_asserts

    require_asserts()

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
