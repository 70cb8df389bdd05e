"""leader.py on whatever Kafka you have: its address and credentials come from the environment.

    KAFKA_BROKERS      host:port of one broker or more, with commas between them (required)
    KAFKA_USER         the user or API key; without it the program does not log in
    KAFKA_PASSWORD     that user's password or API secret
    KAFKA_MECHANISM    PLAIN (the default), SCRAM-SHA-256 or SCRAM-SHA-512
    KAFKA_CA_FILE      PEM file of the authority that signed the brokers' certificates; without it
                       the authorities that this machine trusts are used
    KAFKA_REPLICATION  how many brokers keep each message (1 by default)

With KAFKA_USER or KAFKA_CA_FILE the connection is encrypted (TLS); with neither it is plain text.
In the folder of this file:

    faust -A anywhere worker -l info --web-port 6066

A value that is missing or cannot be used ends the program with one sentence and status 1. So does a
Kafka that does not let it in; Faust itself would report that with a traceback that hides why.
"""

import asyncio
import os
import random
import re
import ssl
import sys

import faust
from aiokafka.conn import create_conn
from aiokafka.errors import KafkaError, SaslAuthenticationFailed, UnsupportedSaslMechanismError
from aiokafka.protocol.metadata import MetadataRequest

MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
ANSWER_WITHIN_S = 30
EXPIRED = 10  # OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED


def stop(sentence):
    sys.exit(f"anywhere.py: {sentence}")


def read(name, default=""):
    return os.environ.get(name, default).strip()


def read_brokers():
    brokers = [broker.strip() for broker in read("KAFKA_BROKERS").split(",") if broker.strip()]
    if not brokers:
        stop("set KAFKA_BROKERS to where your Kafka is, localhost:9092 for one.")
    for broker in brokers:
        port = re.fullmatch(r"[\w.-]+:(\d+)", broker)
        if not port or not 0 < int(port[1]) < 65536:
            stop(f"KAFKA_BROKERS has {broker!r}, which is not host:port.")
    return brokers


def read_replication():
    number = read("KAFKA_REPLICATION", "1")
    if not re.fullmatch(r"[1-9]\d{0,3}", number):
        stop(f"KAFKA_REPLICATION is {number!r}, but has to be a number from 1.")
    return int(number)


def read_tls():
    path = read("KAFKA_CA_FILE")
    try:
        return ssl.create_default_context(cafile=path or None)
    except FileNotFoundError:
        stop(f"KAFKA_CA_FILE names {path}, and there is no such file.")
    except ssl.SSLError:
        stop(f"KAFKA_CA_FILE names {path}, which has no certificate in PEM form.")
    except OSError as error:
        stop(f"KAFKA_CA_FILE names {path}, which cannot be read: {error.strerror}.")


def read_credentials():
    user, password = read("KAFKA_USER"), os.environ.get("KAFKA_PASSWORD", "")
    if password and not user:
        stop("KAFKA_PASSWORD is set, but KAFKA_USER is not.")
    if user and not password:
        stop("KAFKA_USER is set, but KAFKA_PASSWORD is not.")
    mechanism = read("KAFKA_MECHANISM", "PLAIN").upper()
    if mechanism not in MECHANISMS:
        stop(f"KAFKA_MECHANISM is {mechanism!r}, but has to be one of {', '.join(MECHANISMS)}.")
    if user:
        return faust.SASLCredentials(
            username=user, password=password, ssl_context=read_tls(), mechanism=mechanism
        )
    return faust.SSLCredentials(read_tls()) if read("KAFKA_CA_FILE") else None


brokers, credentials, replication = read_brokers(), read_credentials(), read_replication()

app = faust.App(
    "leader-anywhere",
    broker=[f"kafka://{broker}" for broker in brokers],
    broker_credentials=credentials,
    topic_replication_factor=replication,
    value_serializer="raw",
)


@app.agent()
async def say(greetings):
    async for greeting in greetings:
        print(greeting)


@app.timer(2.0, on_leader=True)
async def publish_greetings():
    print("PUBLISHING ON LEADER!")
    greeting = str(random.random())
    await say.send(value=greeting)


# Before a worker starts ---------------------------------------------------------------------------


def refusal(error):
    """Why one broker did not let us in, in words."""
    wanted = "credentials" if credentials else "TLS and credentials"
    check = "check KAFKA_USER"
    reasons = [
        (
            SaslAuthenticationFailed,
            f"it does not know this user with this password: {check} and KAFKA_PASSWORD",
        ),
        (UnsupportedSaslMechanismError, "it takes another mechanism: check KAFKA_MECHANISM"),
        (ssl.SSLCertVerificationError, distrust),
        (
            (ssl.SSLError, ConnectionResetError),
            "it breaks off when TLS begins: check KAFKA_BROKERS",
        ),
        (TimeoutError, f"no answer in {ANSWER_WITHIN_S} s: check KAFKA_BROKERS, and firewalls"),
        (KafkaError, f"it hangs up without a word, as a Kafka does that wants {wanted}: {check}"),
        (OSError, unreachable),
    ]
    reason = next(reason for kind, reason in reasons if isinstance(error, kind))
    return reason(error) if callable(reason) else reason


def distrust(error):
    if error.verify_code == EXPIRED:
        return "its certificate has expired: whoever runs this Kafka has to renew it"
    return f"its certificate is not accepted ({error.verify_message}): check KAFKA_CA_FILE"


def unreachable(error):
    # The error number of a name that is not found is not one of the system's.
    cause = os.strerror(error.errno) if (error.errno or 0) > 0 else error.strerror or error
    return f"no connection ({cause}): check KAFKA_BROKERS"


async def count_brokers(address):
    """How many brokers the one at this address knows of."""
    host, port = address.rsplit(":", 1)
    options = {"security_protocol": "PLAINTEXT"}
    if credentials:
        options = {"security_protocol": credentials.protocol.value}
        options["ssl_context"] = getattr(credentials, "ssl_context", None) or credentials.context
    if isinstance(credentials, faust.SASLCredentials):
        options["sasl_mechanism"] = credentials.mechanism.value
        options["sasl_plain_username"] = credentials.username
        options["sasl_plain_password"] = credentials.password
    connection = await create_conn(host, int(port), **options)
    try:
        return len((await connection.send(MetadataRequest([]))).brokers)
    finally:
        connection.close()


async def check():
    """End the program, with one sentence, if no broker lets us in."""
    refused = {}  # the addresses, by reason: usually all have the same one
    for broker in brokers:
        try:
            count = await asyncio.wait_for(count_brokers(broker), ANSWER_WITHIN_S)
        except (OSError, KafkaError) as error:
            refused.setdefault(refusal(error), []).append(broker)
            if isinstance(error, SaslAuthenticationFailed):
                break  # the others have the same users, and too many tries may lock this one out
            continue
        if count < replication:
            stop(f"KAFKA_REPLICATION is {replication}, but this Kafka has fewer brokers: {count}.")
        return
    stop("; ".join(f"{', '.join(named)}: {reason}" for reason, named in refused.items()) + ".")


@app.on_worker_init.connect
def check_first(*_, **__):
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(check())
    finally:
        loop.close()
