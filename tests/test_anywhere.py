"""examples/anywhere.py: leader.py's program, and what it says to bad values. No Kafka runs here."""

import os
import re
import subprocess
import sys

import pytest

from electionlab.host.folders import PROJECT
from electionlab.host.waiting import stretched

EXAMPLES = PROJECT / "examples"
GOOD = {"KAFKA_BROKERS": "one:9092, two:9093", "KAFKA_USER": "reader", "KAFKA_PASSWORD": "sesame"}


def load(more="", **variables):
    """Import anywhere.py with these variables alone set, and run `more`."""
    inherited = {name: value for name, value in os.environ.items() if "KAFKA_" not in name}
    return subprocess.run(
        [sys.executable, "-c", f"import anywhere as a; {more}"],
        cwd=EXAMPLES,
        env={**inherited, "PYTHONPATH": str(EXAMPLES), **variables},
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=stretched(60),
    )


def body(text):
    """The agent and the timer, whatever quotation marks are used."""
    text = text.replace("'", '"').replace("import random\n", "")
    found = re.search(r"@app\.agent\(\).*?await say\.send\(value=greeting\)", text, re.DOTALL)
    return [line for line in found[0].splitlines() if line.strip()]


def test_the_agent_and_the_timer_are_those_of_leader_py():
    ours = body((EXAMPLES / "anywhere.py").read_text(encoding="utf-8"))
    assert ours == body((PROJECT / "leader.py").read_text(encoding="utf-8"))


def test_each_variable_is_documented_and_on_the_page():
    text = (EXAMPLES / "anywhere.py").read_text(encoding="utf-8")
    docstring = text.split('"""')[1]
    page = (PROJECT / "docs" / "beyond-one-machine.md").read_text(encoding="utf-8")
    used = set(re.findall(r'(?:read|os\.environ\.get)\("(KAFKA_\w+)"', text))
    assert {*GOOD, "KAFKA_CA_FILE"} <= used
    assert used == set(re.findall(r"^    (KAFKA_\w+) ", docstring, re.MULTILINE))
    rows = re.findall(r"^\| `(KAFKA_\w+)` \|", page, re.MULTILINE)
    assert len(rows) == len(set(rows))
    assert used == set(rows)


def test_good_values_reach_faust():
    told = load(
        "print([str(url) for url in a.app.conf.broker], a.app.conf.topic_replication_factor,"
        "a.app.conf.broker_credentials.protocol.value, a.credentials.mechanism.value,"
        "a.credentials.ssl_context.check_hostname)",
        **GOOD,
        KAFKA_REPLICATION="3",
        KAFKA_MECHANISM="scram-sha-256",
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.split() == [
        *("['kafka://one:9092',", "'kafka://two:9093']", "3"),
        *("SASL_SSL", "SCRAM-SHA-256", "True"),
    ]


def test_without_a_user_and_a_ca_file_it_is_plain_text():
    told = load("print(a.app.conf.broker_credentials)", KAFKA_BROKERS="localhost:9092")
    assert told.stdout.strip() == "None"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"KAFKA_BROKERS": ""}, "set KAFKA_BROKERS to where your Kafka is"),
        ({"KAFKA_BROKERS": " , "}, "set KAFKA_BROKERS to where your Kafka is"),
        ({"KAFKA_BROKERS": "localhost"}, "KAFKA_BROKERS has 'localhost', which is not host:port"),
        ({"KAFKA_BROKERS": "one:9092;two:9092"}, "which is not host:port"),
        ({"KAFKA_BROKERS": "one:99999"}, "which is not host:port"),
        ({"KAFKA_BROKERS": "kafka://one:9092"}, "which is not host:port"),
        ({"KAFKA_USER": ""}, "KAFKA_PASSWORD is set, but KAFKA_USER is not"),
        ({"KAFKA_PASSWORD": ""}, "KAFKA_USER is set, but KAFKA_PASSWORD is not"),
        ({"KAFKA_MECHANISM": "GSSAPI"}, "KAFKA_MECHANISM is 'GSSAPI', but has to be one of PLAIN"),
        ({"KAFKA_REPLICATION": "three"}, "KAFKA_REPLICATION is 'three', but has to be a number"),
        ({"KAFKA_REPLICATION": "0"}, "KAFKA_REPLICATION is '0', but has to be a number from 1"),
        ({"KAFKA_REPLICATION": ""}, "KAFKA_REPLICATION is '', but has to be a number from 1"),
        ({"KAFKA_CA_FILE": "/no/such.pem"}, "names /no/such.pem, and there is no such file"),
        ({"KAFKA_CA_FILE": "anywhere.py"}, "which has no certificate in PEM form"),
        ({"KAFKA_CA_FILE": "."}, "which cannot be read"),
    ],
)
def test_a_bad_value_ends_it_with_one_sentence(changes, sentence):
    told = load(**{**GOOD, **changes})
    assert told.returncode == 1
    assert sentence in told.stderr
    assert told.stderr.startswith("anywhere.py: ")
    assert len(told.stderr.splitlines()) == 1
    assert "sesame" not in told.stderr
