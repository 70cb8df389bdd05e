"""The settings of Kafka's servers, as the text of their properties files.

Everything listens on loopback.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from electionlab.errors import LabError
from electionlab.host.ports import LOOPBACK

ZOOKEEPER_PORT, PLAYBOOK_PORT = 2181, 9092  # as the playbook and leader.py have them
CONTROLLER_PORT = 9093

KRAFT_ONLY = re.compile(
    r"metadata\.|process\.roles|node\.id|controller\.|listeners=|listener\.|log\.dirs"
)


def kraft_properties(
    data: Path, port: int, controller_port: int, more: Mapping[str, str] | None = None
) -> str:
    """The server.properties of a KRaft node (broker and controller in one process) with its data in
    `data`. It is alone unless `more` says otherwise; a setting in `more` replaces the one here.

    The group settings matter to the election: without the initial rebalance delay, the first worker
    does not wait 3 s for others.
    """
    settings = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{LOOPBACK}:{controller_port}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{LOOPBACK}:{port},CONTROLLER://{LOOPBACK}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{LOOPBACK}:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": str(data),
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "1",
        "group.initial.rebalance.delay.ms": "0",
        "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
        "metadata.max.idle.interval.ms": "0",  # no record twice a second that says nothing
        **(more or {}),
    }
    return "".join(f"{name}={escaped(value)}\n" for name, value in settings.items())


def zookeeper_properties(data: Path, port: int) -> str:
    """The zookeeper.properties of one server with its data under `data`."""
    template = Path(__file__).with_name("home_files") / "etc/kafka/zookeeper.properties"
    text = template.read_text(encoding="utf-8")
    return text.format(folder=escaped(str(data / "zookeeper")), port=port, address=LOOPBACK)


def zookeeper_broker_properties(data: Path, port: int, zookeeper_port: int) -> str:
    """The server.properties of one broker that uses a ZooKeeper, with its data under `data`.

    The settings that matter to the election are the same as in `kraft_properties`.
    """
    own = f"""\
broker.id=0
listeners=PLAINTEXT://{LOOPBACK}:{port}
log.dirs={escaped(str(data / "kafka"))}
zookeeper.connect={LOOPBACK}:{zookeeper_port}
zookeeper.connection.timeout.ms=18000
zookeeper.session.timeout.ms=6000
"""
    shared = kraft_properties(data, port, controller_port=0).splitlines(keepends=True)
    return own + "".join(line for line in shared if not KRAFT_ONLY.match(line))


def escaped(value: str) -> str:
    """A value escaped for a Java properties file, which reads the escapes of a JSON string.

    LabError for a path with characters that this interpreter's encoding of paths lacks.
    """
    try:
        value.encode()
    except UnicodeEncodeError:
        raise LabError(
            f"Kafka cannot be given the path {value!a}: this interpreter reads paths as "
            f"{sys.getfilesystemencoding()}, which lacks some of its letters. Unset PYTHONUTF8, or "
            "use a folder whose path is ASCII."
        ) from None
    return json.dumps(value)[1:-1]
