"""A listener that asks for a password over TLS (SASL_SSL), as managed Kafka services do.

The mechanism is PLAIN: the password itself is sent, inside TLS. That is what most managed services
ask for, with an API key as the user. SCRAM is enabled too; its users are created by an
administrator's request once the broker runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import trustme
from cryptography.hazmat.primitives import serialization as pem

from electionlab.errors import LabError
from electionlab.host.ports import LOOPBACK

PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule"
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"


@dataclass(frozen=True)
class Sasl:
    """The one user that a Kafka lets in, and its password."""

    user: str
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        for name, value in (("user", self.user), ("password", self.password)):
            if not value or not value.isprintable():
                raise LabError(f"The {name} of Sasl must be printable text, and not empty.")


class Certificates:
    """An authority of our own and a certificate for localhost, made by trustme in this process.

    `authority` is what a client has to trust, as PEM; `server` is the broker's key and chain.
    """

    def __init__(self) -> None:
        authority = trustme.CA()
        issued = authority.issue_cert(LOOPBACK, "localhost")
        self.authority = authority.cert_pem.bytes().decode()
        # Kafka reads keys only in PKCS 8, and trustme writes another format.
        key = pem.load_pem_private_key(issued.private_key_pem.bytes(), password=None)
        encoding = (pem.Encoding.PEM, pem.PrivateFormat.PKCS8, pem.NoEncryption())
        chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
        self.server = (key.private_bytes(*encoding) + chain).decode()


@dataclass(frozen=True)
class Security:
    """Who may enter a Kafka, and the certificates by which clients know its brokers."""

    sasl: Sasl
    certificates: Certificates = field(default_factory=Certificates)


def broker_settings(
    security: Security, key_file: Path, port: int, controller_port: int
) -> dict[str, str]:
    """Settings with which clients, and other brokers, can connect only by SASL_SSL. `key_file` has
    the key and chain as PEM."""
    sasl, listener = security.sasl, f"SASL_SSL://{LOOPBACK}:{port}"
    password = _quoted(sasl.password)
    # The credentials this broker gives to the other brokers, and those it accepts.
    given = f"username={_quoted(sasl.user)} password={password}"
    accepted = f"{_quoted(f'user_{sasl.user}')}={password}"
    plain = f"{PLAIN} required {given} {accepted};"
    return {
        "listeners": f"{listener},CONTROLLER://{LOOPBACK}:{controller_port}",
        "advertised.listeners": listener,
        "listener.security.protocol.map": "SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "SASL_SSL",
        "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
        "sasl.mechanism.inter.broker.protocol": "PLAIN",
        "listener.name.sasl_ssl.plain.sasl.jaas.config": plain,
        "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config": f"{SCRAM} required;",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(key_file),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.certificates": security.certificates.authority,
    }


def client_settings(security: Security | None) -> dict[str, str]:
    """librdkafka's settings for a client that may enter."""
    if security is None:
        return {}
    return {
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "PLAIN",
        "sasl.username": security.sasl.user,
        "sasl.password": security.sasl.password,
        "ssl.ca.pem": security.certificates.authority,
    }


def _quoted(text: str) -> str:
    """A value quoted for Java's login configuration."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
