"""Watches an election from outside, at intervals of its own, while workers log what they believe.

A process of its own (`sampler`) does the watching, and writes a line for each sample: a busy
notebook does not delay it, and if librdkafka aborts its process, as it may when a coordinator does
not answer (its issue 4605), nothing else goes down with it.
"""

from __future__ import annotations

import json
import math
import os
import sys
import threading
from collections.abc import Sequence
from typing import Self

from electionlab.errors import LabError
from electionlab.history import consumer_offsets
from electionlab.history import events as ev
from electionlab.history.event_json import event_from_json
from electionlab.history.log_tail import Tail
from electionlab.host.excerpt import excerpt
from electionlab.host.folders import PROJECT, new_log
from electionlab.host.lifecycle import Startable
from electionlab.host.process import Process
from electionlab.host.waiting import wait_until
from electionlab.kafka.witness import Witness
from electionlab.lab.samples import ORDER_VARIABLE, Order, failure

SETTLES_WITHIN_S = 5.0


class Observer(Startable):
    """Samples every `every` seconds (0: never) from its start until it is stopped.

    `workers` are the web ports to ask; where nobody listens there is no worker. A question without
    an answer becomes a `WitnessFailed`, so that no sample goes missing unnoticed. So does the end
    of the process, which is started again and goes on in the journal where it was. Any thread may
    call it. Raises LabError if `every` is negative or not finite.
    """

    def __init__(
        self, witness: Witness, app: str, workers: Sequence[str], *, every: float = 1.0
    ) -> None:
        if not 0 <= every < math.inf:
            raise LabError(
                f"Samples are taken every few seconds, or never (0), not every {every!r} s."
            )
        self._witness = witness
        self._order: Order = {
            "witness": witness.bootstrap,
            "settings": witness.settings,
            "app": app,
            "workers": list(workers),
            "every": every,
            "journal_from": 0,
        }
        self._journal_end = 0  # offset up to which the journal has been read
        self._samples: list[ev.Event] = []  # not taken yet
        self._process: Process | None = None
        self._stopped = False
        self._one_at_a_time = threading.RLock()

    def start(self) -> Self:
        """Begin to sample. Does nothing if it has begun already, or has been stopped."""
        with self._one_at_a_time:
            if self._process is None and self._order["every"] and not self._stopped:
                self._begin()
        return self

    def _begin(self) -> None:
        self._log = new_log("observer")
        self._tail = Tail(self._log)
        self._process = Process(
            [sys.executable, "-m", "electionlab.lab.sampler"],
            name="The observer",
            log=self._log,
            folder=PROJECT,  # or a notebook elsewhere might not find this package
            environment={**os.environ, ORDER_VARIABLE: json.dumps(self._order)},
        )

    def take(self) -> list[ev.Event]:
        """The samples since the last call."""
        with self._one_at_a_time:
            self._read()
            taken, self._samples = self._samples, []
        return taken

    def _read(self) -> None:
        if self._process is None:
            return
        ended = not self._process.alive
        self._read_samples()
        if ended and not self._stopped:
            why = f"ended with status {self._process.status}: {excerpt(self._log, 1).strip()}"
            self._samples.append(failure("kafka", "observer", why))
            self._order["journal_from"] = self._journal_end
            self._begin()

    def _read_samples(self) -> None:
        for line in self._tail.read().splitlines():
            if line.startswith("{"):  # librdkafka may write a line of its own
                sample = json.loads(line)
                self._journal_end = sample.pop("journal", self._journal_end)
                if sample:
                    self._samples.append(event_from_json(sample))

    def settle(self) -> None:
        """Wait until the journal has been read up to its present end. Does not wait if Kafka does
        not answer. If it is not read in time, a sample says so."""
        if self._process is None:
            return
        end = self._witness.end_of(consumer_offsets.TOPIC, within=2.0)

        def is_read() -> bool:
            with self._one_at_a_time:
                self._read()
            return end is None or self._journal_end >= end

        try:
            wait_until(
                is_read,
                within=SETTLES_WITHIN_S,
                why=lambda: f"the journal was read to {self._journal_end} of {end}",
            )
        except LabError as error:
            with self._one_at_a_time:
                self._samples.append(failure("kafka", "journal", error))

    def begin_anew(self) -> None:
        """Read the journal from its beginning, because another Kafka has replaced the old one."""
        with self._one_at_a_time:
            if self._process is None:
                return
            self._process.stop(within=1)
            self._read_samples()
            self._journal_end = self._order["journal_from"] = 0
            self._begin()

    def stop(self) -> None:
        """End the sampling; what was sampled can still be taken. May be called again."""
        with self._one_at_a_time:
            self._stopped = True
        if self._process:
            self._process.stop(within=1)
