"""A real Kafka: install it, boot it, ask it, disturb it.

Its doors:

    Kafka            one broker or three, or a Kafka that is already running
    BreakableKafka   one whose brokers can be stopped and started, behind relays that can be cut
    ZooKeeperWay     a Kafka started the way the playbook does it, ZooKeeper first
    Sasl             a user and a password, for a Kafka that asks for them over TLS
    Witness          asks brokers through a client that the workers do not use
    occupied         who listens on the playbook's port, if anybody does
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
