"""The Kafka that a page runs workers on: brokers of its own, or one that is already running."""

from __future__ import annotations

from electionlab.errors import LabError
from electionlab.host import notes, ports
from electionlab.host.locks import walkthrough
from electionlab.kafka.brokers import Brokers
from electionlab.kafka.cluster import Cluster
from electionlab.kafka.node import free_nodes, require_broker_count
from electionlab.kafka.properties import PLAYBOOK_PORT
from electionlab.kafka.sasl import Sasl


class Kafka(Cluster):
    """A Kafka to run workers on.

    On the playbook's port, a Kafka that is already listening is used as it is, and never stopped.
    With another `port` (0: any free one) a broker of its own is started there.

        with Kafka() as kafka:
            print(kafka)

    `start` and `stop` do the same by hand; in a notebook the broker then lives until the kernel
    ends. `lock=False` skips the lock that keeps two walkthroughs apart.

    `brokers=3` starts a quorum of three processes, with each message on all three; one may die.
    `security=Sasl(user, password)` lets in only clients that know the password, over TLS; `ca_file`
    is what they have to trust. Both use free ports unless `port` gives that of the first broker.

    `start` also raises LabError if the port belongs to something other than a Kafka, or another
    walkthrough is running.
    """

    def __init__(
        self,
        port: int | None = None,
        *,
        lock: bool = True,
        brokers: int = 1,
        security: Sasl | None = None,
    ) -> None:
        require_broker_count(brokers)
        self._may_borrow = brokers == 1 and security is None
        if port is None and self._may_borrow:
            port = PLAYBOOK_PORT
        self._locks = lock and port == PLAYBOOK_PORT
        nodes = free_nodes(brokers, port)
        held = walkthrough if self._locks else None
        super().__init__(Brokers(nodes, held=held, sasl=security))

    def _acquire(self) -> None:
        if self._locks:
            walkthrough.acquire()

    def _release(self) -> None:
        if self._locks:
            walkthrough.release()

    def _boot(self, within: float) -> None:
        if self._may_borrow and ports.is_taken(self.port):
            self._borrow()
        else:
            super()._boot(within)

    def _borrow(self) -> None:
        if self.witness.topics(within=5) is None:
            raise LabError(
                f"Port {self.port} is taken by {ports.listener(self.port)}, which does not answer "
                "as a Kafka does. Stop that process, then try again."
            )
        notes.leave_borrowed_kafka(ports.listener(self.port))


def occupied() -> str:
    """Who listens on the playbook's port, where pages want to start a Kafka of their own; empty if
    nobody does. What another walkthrough has started there does not count: this waits for it to
    end."""
    walkthrough.acquire()
    try:
        listener = ports.listener(PLAYBOOK_PORT) if ports.is_taken(PLAYBOOK_PORT) else ""
    finally:
        walkthrough.release()
    if listener:
        notes.leave_borrowed_kafka(listener)
    return listener
