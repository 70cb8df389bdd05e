"""How long a publish takes, plain and fenced: both leaders on one Kafka, in turn.

python benchmarks/fenced_publish.py --count 200
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from importlib import import_module

from electionlab import Kafka
from electionlab.host.folders import PROJECT
from electionlab.lab import environment

PAUSE_S = 0.1  # a leader does not publish all the time: the last transaction has ended by then


async def main(count: int) -> None:
    with environment.without_settings(), tempfile.TemporaryDirectory() as data:
        programs = [import_module("stamped_leader"), import_module("fenced_leader")]
        for program in programs:
            program.app.conf.datadir = f"{data}/{program.__name__}"
            program.app.conf.web_enabled = False
            program.print = lambda *_: None
            await program.app.start()
        plain, fenced = programs
        topic = fenced.say.channel.get_topic_name()
        async with asyncio.timeout(120):
            while not all(program.app.is_leader() for program in programs):
                await asyncio.sleep(0.1)
        took: dict[str, list[float]] = {"plain": [], "fenced": []}
        value = "0.5 of generation 1"
        for number in range(count + 1):
            await asyncio.sleep(PAUSE_S)
            begun = time.perf_counter()
            await (await plain.say.send(value=value))  # the second: until Kafka has it
            between = time.perf_counter()
            await fenced.publisher.publish(topic, value.encode)
            done = time.perf_counter()
            if number:  # the first opens connections
                took["plain"].append(1000 * (between - begun))
                took["fenced"].append(1000 * (done - between))
            else:
                print(f"the first: plain {1000 * (between - begun):.0f} ms", end=", ")
                print(f"fenced {1000 * (done - between):.0f} ms")
        for name, values in took.items():
            middle, most = statistics.median(values), statistics.quantiles(values, n=20)[-1]
            print(f"{name}: median {middle:.1f} ms, 19 of 20 within {most:.1f} ms, {count} times")
        ratio = statistics.median(took["fenced"]) / statistics.median(took["plain"])
        print(f"fenced / plain: {ratio:.1f}")
        for program in programs:
            await program.app.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    arguments = parser.parse_args()
    sys.path.insert(0, str(PROJECT / "examples"))
    with Kafka(lock=False) as kafka:
        os.environ["KAFKA_BROKERS"] = kafka.bootstrap
        asyncio.run(main(arguments.count))
