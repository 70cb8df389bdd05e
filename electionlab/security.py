"""A listener that asks for a password over TLS (SASL_SSL), as managed Kafka services have it.

The mechanism is PLAIN: the password itself travels, inside TLS. That is what most managed services
ask for, with an API key as the user. SCRAM is switched on too; its users are made by an
administrator's request once the broker runs.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from pathlib import Path

import trustme
from cryptography.hazmat.primitives import serialization as pem

from electionlab import ports
from electionlab.errors import LabError

LISTENER = "SASL_SSL"
INTERNAL = "INTERNAL"  # the brokers among themselves: the same password, over loopback without TLS
PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule"
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"


@dataclass(frozen=True)
class Sasl:
    """The one user that a Kafka lets in, and its password.

    `expires` is when the broker's certificate ends (with a time zone; not soon if None). One in the
    past is allowed: then no client that checks certificates will talk to the broker.
    """

    user: str
    password: str = field(repr=False)
    expires: datetime.datetime | None = None

    def __post_init__(self) -> None:
        for name, value in (("user", self.user), ("password", self.password)):
            if not value or not value.isprintable():
                raise LabError(f"The {name} of Sasl must be text that can be printed, not empty.")
        if self.expires is not None and self.expires.tzinfo is None:
            raise LabError("`expires` of Sasl needs a time zone: datetime.now(datetime.UTC), say.")


class Certificates:
    """An authority of our own and a certificate for localhost, made by trustme in this process.

    `authority` is what a client has to trust, as PEM; `server` is the broker's key and chain.
    """

    def __init__(self, expires: datetime.datetime | None = None) -> None:
        made = trustme.CA()
        issued = made.issue_cert(
            ports.LOOPBACK,
            "localhost",
            # trustme takes a time without a zone for UTC, as certificates have it.
            not_after=expires and expires.astimezone(datetime.UTC).replace(tzinfo=None),
        )
        self.authority = made.cert_pem.bytes().decode()
        # Kafka reads keys in PKCS 8 alone, and trustme writes another form.
        key = pem.load_pem_private_key(issued.private_key_pem.bytes(), password=None)
        form = (pem.Encoding.PEM, pem.PrivateFormat.PKCS8, pem.NoEncryption())
        chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
        self.server = (key.private_bytes(*form) + chain).decode()


def broker_settings(sasl: Sasl, key_file: Path) -> dict[str, str]:
    """What server.properties says beside the listeners. `key_file` has key and chain as PEM."""
    known_as, password = _quoted(f"user_{sasl.user}"), _quoted(sasl.password)
    # The first two are the broker's own, with which it goes to the other brokers.
    own = f"username={_quoted(sasl.user)} password={password}"
    plain = f"{PLAIN} required {own} {known_as}={password};"
    return {
        "inter.broker.listener.name": INTERNAL,
        "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
        "sasl.mechanism.inter.broker.protocol": "PLAIN",
        f"listener.name.{LISTENER.lower()}.plain.sasl.jaas.config": plain,
        f"listener.name.{LISTENER.lower()}.scram-sha-512.sasl.jaas.config": f"{SCRAM} required;",
        f"listener.name.{INTERNAL.lower()}.sasl.enabled.mechanisms": "PLAIN",
        f"listener.name.{INTERNAL.lower()}.plain.sasl.jaas.config": plain,
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(key_file),
    }


def client_settings(sasl: Sasl, authority: str) -> dict[str, str]:
    """librdkafka's settings for a client that may enter. `authority` is PEM."""
    return {
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "PLAIN",
        "sasl.username": sasl.user,
        "sasl.password": sasl.password,
        "ssl.ca.pem": authority,
    }


def internal_settings(sasl: Sasl) -> dict[str, str]:
    """librdkafka's settings for the listener by which brokers reach each other."""
    return {
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "PLAIN",
        "sasl.username": sasl.user,
        "sasl.password": sasl.password,
    }


def _quoted(text: str) -> str:
    """A value as Java's login configuration takes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
