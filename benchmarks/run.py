"""Measures what this workbook promises about speed and memory: `make benchmarks`.

Everything is measured side by side in one run, because absolute times differ from machine to
machine and from hour to hour. The result is printed and written to results.md beside this file.
"""

from __future__ import annotations

import argparse
import base64
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import histories
import psutil
from bs4 import BeautifulSoup
from jupyter_cache import get_cache

from electionlab import Kafka, Workers
from electionlab.history import events as ev
from electionlab.history.history import History
from electionlab.host import ports
from electionlab.host.folders import PROJECT
from electionlab.host.process import Process
from electionlab.host.waiting import wait_until
from electionlab.kafka.install import prepare
from electionlab.kafka.java import LANGUAGE
from electionlab.kafka.properties import kraft_properties
from electionlab.kafka.storage import new_id
from electionlab.kafka.witness import Witness
from electionlab.lab.walkthrough import COMMAND, PORTS

HERE = Path(__file__).parent
STOCK_HEAP = "-Xmx512m"  # everything else as the JVM chooses


def stock_boot() -> float:
    """Seconds from nothing to an answered metadata request: StorageTool, then Kafka, no flags."""
    installation = prepare()
    port, controller_port = ports.free_port(), ports.free_port()
    folder = Path(tempfile.mkdtemp(prefix="electionlab-stock-"))
    config = folder / "server.properties"
    config.write_text(kraft_properties(folder / "data", port, controller_port), encoding="utf-8")
    java = [str(installation.java.launcher), STOCK_HEAP, *LANGUAGE]
    java += ["-cp", installation.class_path]
    witness = Witness(f"{ports.LOOPBACK}:{port}")
    begun = time.monotonic()
    tool = [*java, "kafka.tools.StorageTool", "format", "-t", new_id(), "-c", str(config)]
    subprocess.run(tool, check=True, capture_output=True)
    log = folder / "kafka.log"
    broker = Process([*java, "kafka.Kafka", str(config)], name="stock Kafka", log=log)
    try:
        wait_until(
            lambda: ports.accepts(port) and witness.topics(within=5) is not None,
            within=60,
            why=lambda: "no answer",
            every=0.01,
        )
        return time.monotonic() - begun
    finally:
        broker.stop()
        shutil.rmtree(folder)


def our_boot() -> float:
    begun = time.monotonic()
    with Kafka(port=0):
        return time.monotonic() - begun


def pairs(
    one: Callable[[], float], other: Callable[[], float], count: int
) -> list[tuple[float, float]]:
    one(), other()  # warm the disk's cache
    return [(one(), other()) for _ in range(count)]


def spread(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def boot(rounds: int) -> list[str]:
    measured = pairs(our_boot, stock_boot, rounds)
    ratios = [ours / stock for ours, stock in measured]
    return [
        f"| boot, ours, s | {spread([ours for ours, _ in measured])} | |",
        f"| boot, stock flags, s | {spread([stock for _, stock in measured])} | |",
        f"| boot, ours / stock | {spread(ratios)} | at most 0.40 |",
    ]


def three_brokers(rounds: int) -> list[str]:
    """Three brokers beside one: seconds until all answer, and what they hold together."""
    resident = []

    def three() -> float:
        with Kafka(brokers=3) as kafka:
            running = [psutil.Process(b.process.pid) for b in kafka.brokers if b.process]
            resident.append(sum(process.memory_info().rss for process in running) / 1e6)
            return kafka.ready_after_s or 0.0

    def one() -> float:
        with Kafka(port=0) as kafka:
            return kafka.ready_after_s or 0.0

    measured = pairs(three, one, rounds)
    ratios = [three_s / one_s for three_s, one_s in measured]
    return [
        f"| three brokers answer, s | {spread([three_s for three_s, _ in measured])} | |",
        f"| three brokers / one | {spread(ratios)} | at most 3 |",
        f"| resident memory of three brokers, MB | {max(resident):.0f} | at most 1200 |",
    ]


def memory() -> list[str]:
    """Resident memory of the broker, three workers, their guards and this process, in MB."""
    with Kafka() as kafka, Workers(kafka) as workers:
        for port in PORTS:
            workers.start(COMMAND.format(port=port))
        workers.wait(lambda h: h.published_by_leader(5), within=60)
        family = [psutil.Process(), *psutil.Process().children(recursive=True)]
        total = sum(process.memory_info().rss for process in family) / 1e6
    return [f"| resident memory of the walkthrough, MB | {total:.0f} | at most 700 |"]


def unchanged_build() -> list[str]:
    took = []
    for _ in range(4):
        begun = time.monotonic()
        subprocess.run(["make", "html"], cwd=PROJECT, check=True, capture_output=True)
        took.append(time.monotonic() - begun)
    return [f"| `make html`, nothing changed, s | {spread(took[1:])} | at most 4 |"]


def page_history() -> History:
    """The history that the built playbook page offers for download."""
    page = BeautifulSoup(
        (PROJECT / "_build/html/docs/playbook.html").read_text(encoding="utf-8"), "html.parser"
    )
    data = page.select_one("a[download='history.jsonl']")["href"].partition("base64,")[2]
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.write(base64.b64decode(data).decode())
        file.flush()
        return History.load(file.name)


def imposed_waits(history: History) -> list[tuple[str, float]]:
    """What the page waits for that is Faust's or the experiment's, as (what, seconds)."""
    waits = []
    for start in history.of(ev.WorkerStarted):
        ready = _first(history, ev.WorkerReady, start.time, start.worker)
        waits.append((f"worker {start.worker} starts and is ready", ready - start.time))
    ready = max(start for start in _ready_times(history)[:3])
    publishes = [event.time for event in history.of(ev.Published)]
    waits.append(("five greetings, 2 s apart", publishes[4] - ready))
    over = history.of(ev.RunEnding)[0].time
    for act in history.of(ev.WorkerInterrupted):
        if act.time < over and (led := _led_at(history, act.worker, act.time)):
            heirs = [e.time for e in history.of(ev.Published) if e.time > act.time]
            waits.append(
                (f"Ctrl+C on the leader {led}: the heir publishes twice", heirs[1] - act.time)
            )
        elif act.time < over:
            joined = _first(history, ev.MemberJoined, act.time, None)
            waits.append((f"Ctrl+C on {act.worker}: the others join again", joined - act.time))
    restart = history.of(ev.WorkerStarted)[3]
    back = _first(history, ev.WorkerReady, restart.time, restart.worker)
    fourth = [e.time for e in history.of(ev.Published) if e.time in _leadership(history, back)][3]
    waits.append(("the heir's fourth greeting", max(0.0, fourth - back)))
    waits.append(("the last worker stops", max(e.time for e in history.of(ev.WorkerExited)) - over))
    return waits


def _first(history: History, kind: type[ev.Event], after: float, worker: str | None) -> float:
    return next(e.time for e in history.of(kind, worker=worker) if e.time > after)


def _ready_times(history: History) -> list[float]:
    starts = history.of(ev.WorkerStarted)
    return [_first(history, ev.WorkerReady, start.time, start.worker) for start in starts]


def _led_at(history: History, worker: str, time_: float) -> str:
    return worker if worker in history.leaders(time_) else ""


def _leadership(history: History, time_: float):
    return next(span for span in history.leaderships if time_ in span)


def kafka_waits() -> list[tuple[str, float]]:
    """What the page waits for Kafka, started both ways: said in the tabs of that section."""
    page = BeautifulSoup(
        (PROJECT / "_build/html/docs/playbook.html").read_text(encoding="utf-8"), "html.parser"
    )
    told = [" ".join(tab.get_text().split()) for tab in page.select("div.sd-tab-content")]
    found = [re.search(r"answering after ([\d.]+) s", words) for words in told[:2]]
    names = ("Kafka is ready", "ZooKeeper and Kafka are ready")
    return [(name, float(m[1])) for name, m in zip(names, found, strict=True) if m]


def page() -> list[str]:
    caches = (PROJECT / "_build" / "executed").glob("*/docs/playbook")
    newest = max(caches, key=lambda path: path.stat().st_mtime)
    took = get_cache(newest).list_cache_records()[-1].data["execution_seconds"]
    waits = [*kafka_waits(), *imposed_waits(page_history())]
    total = sum(seconds for _, seconds in waits)
    lines = [f"| the playbook page executes, s | {took:.1f} | at most 45 |"]
    lines += [f"| … of which waiting for: {what}, s | {seconds:.1f} | |" for what, seconds in waits]
    return [*lines, f"| the page / these waits | {took / total:.2f} | at most 1.25 |"]


def fresh_clone() -> list[str]:
    """From `git clone` with empty caches to the rendered pages."""
    with tempfile.TemporaryDirectory() as folder:
        clone, cache = Path(folder) / "clone", Path(folder) / "cache"
        subprocess.run(["git", "clone", "-q", str(PROJECT), str(clone)], check=True)
        begun = time.monotonic()
        environment = {
            **_without_owner(),
            "ELECTIONLAB_CACHE": str(cache),
            "UV_CACHE_DIR": str(Path(folder) / "uv"),
            "PIP_CACHE_DIR": str(Path(folder) / "pip"),
        }
        subprocess.run(["make", "html"], cwd=clone, env=environment, check=True)
        took = time.monotonic() - begun
    return [f"| fresh clone, empty caches, to the pages, s | {took:.0f} | at most 180 |"]


def _without_owner() -> dict[str, str]:
    import os

    return {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}


def machine() -> str:
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in _lines("/proc/cpuinfo")
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    cores, memory_gb = psutil.cpu_count(), psutil.virtual_memory().total / 1e9
    return (
        f"{time.strftime('%Y-%m-%d')}, {cores} cores of {re.sub(r' +', ' ', cpu)}, "
        f"{memory_gb:.0f} GB, {platform.system()}, Python {platform.python_version()}, "
        f"{prepare().java}"
    )


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines() if Path(path).exists() else []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--fresh", action="store_true", help="also time a fresh clone (network)")
    options = parser.parse_args()
    # One page after the other: how long the playbook's takes is measured too.
    alone = ["make", "html", "SPHINXOPTS=-D pages_at_once=1"]
    subprocess.run(alone, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
    rows = [
        *boot(options.rounds),
        *three_brokers(options.rounds),
        *memory(),
        *unchanged_build(),
        *page(),
        *histories.rows(),
    ]
    if options.fresh:
        rows += fresh_clone()
    head = ["# What was measured", "", f"`make benchmarks` on {machine()}.", ""]
    head += ["Median and spread where there are several rounds.", ""]
    text = "\n".join([*head, "| what | measured | wanted |", "|---|---|---|", *rows]) + "\n"
    (HERE / "results.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
