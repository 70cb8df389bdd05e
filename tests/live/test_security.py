"""A Kafka that asks for a password over TLS: who gets in, and what the others are told."""

import contextlib
import datetime
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
import trustme
from confluent_kafka.admin import (
    AdminClient,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from gone import assert_gone

from electionlab import Kafka, LabError, Sasl, Workers, checks
from electionlab.history import events
from electionlab.host import ports
from electionlab.host.folders import PROJECT
from electionlab.host.waiting import stretched, wait_until
from electionlab.kafka.witness import Witness

pytestmark = [pytest.mark.live, pytest.mark.own_ports]
EXAMPLES = PROJECT / "examples"
APP, TOPIC = "leader-anywhere", "leader-anywhere-anywhere.say"
# What Java's properties and its login configuration could each take for something else.
PASSWORD = "o\"pen\\ 'sesame'; ${x} = €𝄞"
PAST = datetime.datetime(2020, 1, 1)


@pytest.fixture(scope="module")
def kafka():
    with Kafka(security=Sasl("reader-1", PASSWORD)) as started:
        yield started


def ends(tmp_path, **changes):
    """(status, output) of an anywhere.py worker that gives up by itself."""
    inherited = {name: value for name, value in os.environ.items() if "KAFKA_" not in name}
    own = {"WEB_BIND": "127.0.0.1", "APP_DATADIR": str(tmp_path / "data")}
    faust = Path(sys.executable).parent / "faust"
    told = subprocess.run(
        [str(faust), "-A", "anywhere", "worker", "--web-port", str(ports.free_port())],
        cwd=EXAMPLES,
        env={**inherited, **own, **changes},
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=stretched(60),
    )
    return told.returncode, told.stdout


def assert_one_sentence(told, words):
    status, output = told
    assert status == 1
    assert words in output
    assert "Traceback" not in output
    assert output.startswith("anywhere.py: ")
    assert len(output.splitlines()) == 1


def refuses(kafka, bootstrap, settings=None):
    """Whether a client gets no answer, while one that may enter is answered before and after, and
    much sooner. A broker that only takes its time refuses nobody."""

    def answers():
        begun = time.monotonic()
        assert kafka.witness.topics(within=10) is not None, "it answers nobody"
        return time.monotonic() - begun

    patience_s = max(2, 10 * answers())
    told = Witness(bootstrap, settings).topics(within=patience_s)
    return told is None and answers() < patience_s


def test_the_witness_enters_and_a_client_without_credentials_does_not(kafka):
    assert kafka.witness.brokers(within=5) == [1]
    assert refuses(kafka, kafka.bootstrap)
    tls = {"security.protocol": "SSL", "ssl.ca.location": str(kafka.ca_file)}
    assert refuses(kafka, kafka.bootstrap, tls)
    assert refuses(
        kafka, kafka.bootstrap, {**kafka.witness.settings, "sasl.password": "open barley"}
    )


def test_a_broker_that_stands_still_does_not_count_as_one_that_refuses(kafka, monkeypatch):
    monkeypatch.setattr("electionlab.host.load.per_core", lambda: 0.0)
    kafka.process.send(signal.SIGSTOP)
    try:
        with pytest.raises(AssertionError, match="it answers nobody"):
            refuses(kafka, kafka.bootstrap)
    finally:
        kafka.process.send(signal.SIGCONT)
    wait_until(lambda: kafka.witness.brokers(within=5), within=60, why=lambda: "it does not go on")


def test_the_password_is_in_no_log_no_command_and_no_file_that_others_may_read(kafka):
    process = psutil.Process(kafka.process.pid)
    folder = Path(process.cmdline()[-1]).parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert "sesame" in (folder / "server.properties").read_text(encoding="utf-8")
    assert "sesame" not in kafka.log.read_text(encoding="utf-8")
    assert "sesame" not in " ".join([*process.cmdline(), *process.parent().cmdline()])
    assert "sesame" not in repr(kafka.security)
    assert "PRIVATE" not in kafka.ca_file.read_text(encoding="utf-8")


def test_with_the_right_password_workers_elect_publish_and_print(kafka):
    options = {"folder": EXAMPLES, "app": APP, "topic": TOPIC, "lock": False}
    with Workers(kafka, settings=kafka.environment, **options) as workers:
        running = []
        for port in ports.free_ports(2):
            worker = workers.start(f"faust -A anywhere worker -l info --web-port {port}")
            running.append(psutil.Process(worker.process.pid))
        workers.wait(lambda h: h.published_by_leader(3), within=60)
        assert all("sesame" in process.environ()["KAFKA_PASSWORD"] for process in running)
        leader = workers.leader()
        assert [row[0] for row in workers.group().rows if row[2]] == [leader.name]
        workers.interrupt(leader)
        workers.wait_new_leader(leader, greetings=2)
        workers.read_topic()
        workers.stop()
        history = workers.history()
    assert history.about["app"] == APP
    checks.only_the_leader_publishes(history).expect("held")
    stored = {event.greeting for event in history.of(events.GreetingStored)}
    printed = {event.greeting for event in history.of(events.GreetingPrinted)}
    assert len(stored) >= 5
    checks.no_greeting_is_lost(history).expect("held" if stored <= printed else "broken")
    assert "sesame" not in history.to_json_lines()
    assert_gone(running, [int(worker) for worker in workers.roster])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"KAFKA_PASSWORD": "open barley"}, "does not know this user with this password"),
        ({"KAFKA_USER": "writer"}, "does not know this user with this password"),
        ({"KAFKA_USER": "", "KAFKA_PASSWORD": ""}, "a Kafka does that wants credentials"),
        (
            {"KAFKA_USER": "", "KAFKA_PASSWORD": "", "KAFKA_CA_FILE": ""},
            "a Kafka does that wants TLS and credentials",
        ),
        ({"KAFKA_CA_FILE": ""}, "its certificate is not accepted"),
        ({"KAFKA_MECHANISM": "SCRAM-SHA-256"}, "it takes another mechanism"),
        ({"KAFKA_REPLICATION": "3"}, "this Kafka has fewer brokers: 1"),
    ],
)
def test_others_are_turned_away_with_one_sentence(kafka, tmp_path, changes, words):
    assert_one_sentence(ends(tmp_path, **{**kafka.environment, **changes}), words)


def test_an_authority_of_the_same_name_is_not_trusted(kafka, tmp_path):
    from electionlab.kafka.sasl import Certificates

    (tmp_path / "other.pem").write_text(Certificates().authority, encoding="utf-8")
    changed = {**kafka.environment, "KAFKA_CA_FILE": str(tmp_path / "other.pem")}
    assert_one_sentence(ends(tmp_path, **changed), "its certificate is not accepted")


def test_a_certificate_that_has_expired_is_said(tmp_path, kafka):
    """A Kafka with such a certificate would not be ready: a client turns away before it speaks."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", not_after=PAST).configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=answer_once, args=[server, context], daemon=True).start()
        changed = {
            **kafka.environment,
            "KAFKA_BROKERS": f"127.0.0.1:{server.getsockname()[1]}",
            "KAFKA_CA_FILE": str(tmp_path / "ca.pem"),
        }
        assert_one_sentence(ends(tmp_path, **changed), "its certificate has expired")


def answer_once(server, context):
    with contextlib.suppress(OSError), server.accept()[0] as accepted:
        context.wrap_socket(accepted, server_side=True)


def test_a_kafka_without_tls_is_said(tmp_path, kafka):
    with Kafka(port=0) as plain:
        changed = {**kafka.environment, "KAFKA_BROKERS": plain.bootstrap}
        assert_one_sentence(ends(tmp_path, **changed), "it breaks off when TLS begins")


def test_brokers_that_are_not_there_are_each_named(tmp_path):
    first, second = ports.free_ports(2)
    told = ends(tmp_path, KAFKA_BROKERS=f"127.0.0.1:{first},127.0.0.1:{second}")
    assert_one_sentence(
        told, f"127.0.0.1:{first}, 127.0.0.1:{second}: no connection (Connection refused)"
    )


def test_without_its_check_the_program_would_not_say_why(kafka, tmp_path):
    """Why anywhere.py asks first. If Faust ever says it, the check can go."""
    text = (EXAMPLES / "anywhere.py").read_text(encoding="utf-8")
    (tmp_path / "anywhere.py").write_text(
        text.replace("@app.on_worker_init.connect\n", ""), encoding="utf-8"
    )
    wrong = {**kafka.environment, "KAFKA_PASSWORD": "open barley"}
    with Workers(kafka, folder=tmp_path, settings=wrong, lock=False) as workers:
        with pytest.raises(LabError, match="ended at start"):
            workers.start(f"faust -A anywhere worker -l info --web-port {ports.free_port()}")
        output = workers.lives[0].output()
    assert "Traceback" in output
    *_, last = (line for line in output.splitlines() if "Error" in line)
    assert "Unable to bootstrap from" in last


def test_a_user_of_scram_gets_in(kafka):
    admin = AdminClient(kafka.witness.settings | {"bootstrap.servers": kafka.bootstrap})
    how = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096)
    made = UserScramCredentialUpsertion("scrammer", how, b"salted")
    admin.alter_user_scram_credentials([made])["scrammer"].result(10)
    mine = {"KAFKA_USER": "scrammer", "KAFKA_PASSWORD": "salted"}
    mine["KAFKA_MECHANISM"] = "scram-sha-512"
    options = {"folder": EXAMPLES, "app": APP, "topic": TOPIC, "lock": False}
    with Workers(kafka, settings={**kafka.environment, **mine}, **options) as workers:
        workers.start(f"faust -A anywhere worker -l info --web-port {ports.free_port()}")
        workers.wait(lambda h: h.published_by_leader(1), within=60)


def test_three_brokers_with_a_lock_survive_the_loss_of_one():
    with Kafka(brokers=3, security=Sasl("reader-1", PASSWORD)) as kafka:
        assert kafka.environment["KAFKA_REPLICATION"] == "3"
        running = [psutil.Process(broker.process.pid) for broker in kafka.brokers]
        assert kafka.witness.brokers(within=5) == [1, 2, 3]
        kafka.brokers[0].kill()
        assert kafka.witness.topics(within=10) is not None
        assert kafka.ca_file.exists()
    assert_gone(running, [port for broker in kafka.brokers for port in broker.node.ports])


def test_a_port_that_somebody_has_is_not_shared():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LabError, match=f"Port {port}, needed for Kafka, is taken"):
            Kafka(port=port, security=Sasl("reader-1", PASSWORD)).start()
