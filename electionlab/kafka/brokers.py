"""The brokers of one Kafka: started together, asked whether they answer, stopped together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from electionlab.errors import LabError
from electionlab.host import load, ports
from electionlab.host.lock import Lock
from electionlab.host.ports import PortBlock
from electionlab.host.process import Process
from electionlab.host.waiting import wait_until
from electionlab.kafka.broker import Broker
from electionlab.kafka.install import KRaftInstallation
from electionlab.kafka.node import Node
from electionlab.kafka.quorum import PATIENT, SWIFT
from electionlab.kafka.sasl import Sasl, Security, client_settings
from electionlab.kafka.storage import new_id
from electionlab.kafka.witness import Witness

# A broker stops in 0.3 s. One that is stopped while starting would wait, and so would the last of a
# quorum, with nobody left to agree with: they are killed, since their data is thrown away.
STOP_WITHIN_S = 2.0
QUORUM_STOP_WITHIN_S = 1.0
ELECTED_WITHIN_S = 20.0  # how long three brokers may take with time-outs tuned for speed


class Brokers:
    """A broker for each of `nodes`, in `all`.

    Their guards keep `held` as long as they live. `sasl` says who may connect. `settings` are Kafka
    settings for every broker, `node_settings` those of single brokers, by id. With `lasting` a
    broker's data outlives its process, until `stop`.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        *,
        held: Lock | PortBlock | None = None,
        sasl: Sasl | None = None,
        settings: Mapping[str, str] | None = None,
        node_settings: Mapping[int, Mapping[str, str]] | None = None,
        lasting: bool = False,
    ) -> None:
        alone = len(nodes) == 1
        self.all = [Broker(node, "Kafka" if alone else f"Kafka broker {node.id}") for node in nodes]
        self.security = Security(sasl) if sasl else None
        self.quorum: Mapping[str, str] = SWIFT
        """How long the controllers of three brokers wait for each other, as Kafka settings."""
        self.ended_on_purpose: set[int] = set()
        """The ids of brokers whose end is no failure."""
        self._held = held
        self._settings = dict(settings or {})
        self._node_settings = dict(node_settings or {})
        self._lasting = lasting

    @property
    def place(self) -> str:
        """Where they listen, in words."""
        return listed(f"localhost:{broker.node.port}" for broker in self.all)

    @property
    def ports(self) -> set[int]:
        return {port for broker in self.all for port in broker.node.ports}

    @property
    def processes(self) -> list[Process]:
        """The processes that were started and not stopped."""
        return [broker.process for broker in self.all if broker.process]

    @property
    def dead(self) -> list[Broker]:
        """Those that were started and have ended."""
        return [broker for broker in self.all if broker.process and not broker.alive]

    @property
    def failed(self) -> list[Broker]:
        """Those that have ended, and not on purpose."""
        return [broker for broker in self.dead if broker.node.id not in self.ended_on_purpose]

    @property
    def have_quorum(self) -> bool:
        """Whether enough are alive to answer: the only one, or two of three."""
        return len(self.dead) <= (len(self.all) - 1) // 2

    @property
    def is_swift(self) -> bool:
        """Whether these brokers elect a controller with time-outs tuned for speed."""
        return len(self.all) > 1 and self.quorum is SWIFT

    @property
    def patience(self) -> str:
        """Says that those time-outs were given up, because they had failed or were bound to; else
        empty."""
        if len(self.all) == 1 or self.is_swift:
            return ""
        return "with longer time-outs between its controllers, because this machine is busy"

    @property
    def quorum_settings(self) -> Mapping[str, str]:
        """The settings for how long the controllers wait; none for a single one, which waits for
        nobody."""
        return self.quorum if len(self.all) > 1 else {}

    def start(self, installation: KRaftInstallation, within: float) -> None:
        """Start all with fresh data, and wait until each answers.

        LabError if a port is taken, a broker ends, or one does not answer within `within` seconds.
        """
        for broker in self.all:
            ports.require_free([broker.node.port], broker.name)
            ports.require_free(broker.node.ports[1:], "Kafka's controller")
        if load.per_core() >= load.BUSY:
            self.quorum = PATIENT

        def attempt(within: float) -> None:
            cluster_id = new_id()
            for broker in self.all:
                self.start_process(broker, installation, cluster_id)
            wait_until(
                self._all_answer,
                within=within,
                why=self._why_silent,
                every=0.01,
                what=f"Kafka on {self.place}",
                now=lambda: "it does not answer yet",
            )

        self.elect(attempt, self.stop, within)

    def start_process(
        self, broker: Broker, installation: KRaftInstallation, cluster_id: str
    ) -> None:
        """Start one broker with fresh data, without waiting until it is ready."""
        broker.start(
            installation,
            [other.node for other in self.all],
            cluster_id=cluster_id,
            security=self.security,
            keep=self._held.descriptors if self._held else [],
            settings={
                **self.quorum_settings,
                **self._settings,
                **self._node_settings.get(broker.node.id, {}),
            },
            lasting=self._lasting,
        )

    def elect(
        self, attempt: Callable[[float], None], start_over: Callable[[], None], within: float
    ) -> None:
        """Attempt something that needs a controller, for up to `within` seconds.

        With time-outs tuned for speed, brokers that run but do not answer may never elect one. Then
        those time-outs are given up: `start_over` is called and a second attempt made. Raises what
        the last attempt raised.
        """
        if self.is_swift and within > ELECTED_WITHIN_S:
            try:
                attempt(ELECTED_WITHIN_S)
                return
            except LabError:
                if self.failed:
                    raise
            self.quorum = PATIENT
            start_over()
        attempt(within)

    def restart_silent(self) -> None:
        """Restart those that run but do not answer, with longer time-outs."""
        for broker in self.all:
            if broker.process and broker.alive and not self.answers(broker):
                broker.process.stop(QUORUM_STOP_WITHIN_S)
                broker.start_again(self.quorum_settings)

    def answers(self, broker: Broker) -> bool:
        """Whether a broker names all the brokers that should be there."""
        if not ports.accepts(broker.node.port):
            return False
        alone = Witness(f"{ports.LOOPBACK}:{broker.node.port}", client_settings(self.security))
        return len(alone.brokers(within=5) or []) == len(self.all)

    def stop(self) -> None:
        """Stop them all at once, and remove their data. Does nothing if already stopped."""
        within = STOP_WITHIN_S if len(self.all) == 1 else QUORUM_STOP_WITHIN_S
        try:
            with ThreadPoolExecutor(len(self.all)) as pool:
                for stopped in [pool.submit(process.stop, within) for process in self.processes]:
                    stopped.result()
        finally:
            for broker in self.all:
                broker.process = None
                broker.forget()

    def _all_answer(self) -> bool:
        for process in self.processes:
            process.require_alive()
        return all(self.answers(broker) for broker in self.all)

    def _why_silent(self) -> str:
        silent = next((b for b in self.all if not self.answers(b)), self.all[0])
        assert silent.process
        return (
            f"{silent.name} does not answer on port {silent.node.port}. "
            f"{silent.process.last_words()}"
        )


def listed(words: Iterable[str]) -> str:
    """One or more words, joined with commas and a final `and`."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
