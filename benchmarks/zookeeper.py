"""Measures how soon the playbook's ZooKeeper way is ready, beside the same jars with stock flags.

`python benchmarks/zookeeper.py [--count N]`: pairs in turn, after one of each that is not counted.
The stock flags are those of Kafka's own start scripts; the configuration is the same.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import time

from electionlab import ZooKeeperWay
from electionlab.host import ports
from electionlab.host.folders import new_log
from electionlab.host.locks import walkthrough
from electionlab.host.process import Process
from electionlab.host.waiting import wait_until
from electionlab.kafka import zookeeper_home
from electionlab.kafka.java import LANGUAGE
from electionlab.kafka.kafka_home import find_home
from electionlab.kafka.properties import PLAYBOOK_PORT, ZOOKEEPER_PORT
from electionlab.kafka.witness import Witness
from electionlab.kafka.zookeeper import answers

# bin/kafka-run-class.sh and the two start scripts of Kafka 3.9
STOCK = [
    "-server -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35",
    "-XX:+ExplicitGCInvokesConcurrent -XX:MaxInlineLevel=15 -Djava.awt.headless=true",
]
HEAPS = {"zookeeper": ["-Xmx512M", "-Xms512M"], "kafka": ["-Xmx1G", "-Xms1G"]}


def stock() -> float:
    """Seconds from nothing to Kafka's answer, with the flags of Kafka's own scripts."""
    made = find_home({})
    installation = zookeeper_home.ZooKeeperInstallation.fetch()
    for left in ("zookeeper", "kafka"):
        shutil.rmtree(installation.data / left, ignore_errors=True)
    ports.require_free([ZOOKEEPER_PORT, PLAYBOOK_PORT], "the measurement")
    logging = f"-Dlog4j.configuration={made.config('log4j.properties').as_uri()}"
    witness = Witness(f"{ports.LOOPBACK}:{PLAYBOOK_PORT}")
    servers = []

    def run(name: str, config: str) -> None:
        flags = [*HEAPS[name], *" ".join(STOCK).split(), *LANGUAGE, logging]
        flags += ["-cp", installation.class_path]
        command = [
            str(installation.java.launcher),
            *flags,
            zookeeper_home.MAINS[name],
            str(made.config(config)),
        ]
        servers.append(Process(command, name=name, log=new_log(f"stock-{name}")))

    begun = time.monotonic()
    try:
        run("zookeeper", "zookeeper.properties")
        wait_until(answers, within=60, why=lambda: "no ZooKeeper", every=0.01)
        run("kafka", "server.properties")
        wait_until(
            lambda: ports.accepts(PLAYBOOK_PORT) and witness.can_make_topics(within=5),
            within=60,
            why=lambda: "no Kafka",
            every=0.01,
        )
        return time.monotonic() - begun
    finally:
        for server in reversed(servers):
            server.stop()


def ours() -> float:
    with ZooKeeperWay(find_home({})) as kafka:
        assert kafka.ready_after_s is not None
        return kafka.ready_after_s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=7)
    count = parser.parse_args().count
    walkthrough.acquire()
    try:
        ours(), stock()
        pairs = [(ours(), stock()) for _ in range(count)]
    finally:
        walkthrough.release()
    for name, values in zip(("ours", "stock"), zip(*pairs, strict=True), strict=True):
        told = f"{statistics.median(values):.2f} s ({min(values):.2f} to {max(values):.2f} s)"
        print(f"{name}: median {told}")
    ratios = sorted(one / other for one, other in pairs)
    told = f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
    print(f"ours / stock: median {told}, promised: at most 0.6, {count} pairs")


if __name__ == "__main__":
    main()
