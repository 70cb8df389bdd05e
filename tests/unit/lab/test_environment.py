"""What of the reader's environment reaches our workers, and what does not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from electionlab.host.waiting import stretched
from electionlab.lab import environment

FOLDER, DATA = Path("/a folder/of programs"), Path("/data")
ISSUED = [
    "BROKER_URL",
    "TOPIC_REPLICATION_FACTOR",
    "TOPIC_DISABLE_LEADER",
    "TOPIC_ALLOW_DECLARE",
    "CONSUMER_GROUP_INSTANCE_ID",
    "BROKER_CREDENTIALS",
    "PROCESSING_GUARANTEE",
    "APP_ENV_PREFIX",
    "PRODUCER_LINGER_MS",
    "FAUST_LOOP",
    "F_DATADIR",
    "KAFKA_USER",
    "KAFKA_PASSWORD",
    "BLOCK_S",
]


@pytest.mark.parametrize("name", ISSUED)
def test_what_faust_and_the_examples_read_is_kept_from_workers_and_told(name):
    there = {name: "told by the reader", "PATH": "/bin"}
    assert name not in environment.of_worker(FOLDER, DATA, there)
    assert environment.ignored(there) == [name]


def test_the_settings_are_found_where_faust_is_imported_already():
    """As in a notebook in which a worker runs."""
    import faust

    assert faust.App
    environment.faust_variables.cache_clear()
    assert "BROKER_URL" in environment.faust_variables()


def test_every_setting_that_faust_reads_is_known():
    """Faust is started with an environment that only notes what it is asked for."""
    program = """
import collections.abc, os
class Asked(dict):
    def get(self, name, default=None):
        print(name)
        return super().get(name, default)
import faust
faust.App("one", env=Asked()).conf.broker
"""
    told = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=stretched(60),
    )
    asked = set(told.stdout.split())
    assert len(asked) > 60
    assert asked - {"WEB_BIND"} == set(environment.ignored(dict.fromkeys(asked, "1")))


def test_what_is_for_others_stays_as_it_is():
    there = {"PATH": "/bin", "HOME": "/home/me", "KAFKA_HOME": "/kafka", "KAFKA_OPTS": "-Da=b"}
    assert there.items() <= environment.of_worker(FOLDER, DATA, there).items()
    assert environment.ignored({**there, "WEB_BIND": "127.0.0.1"}) == []


def test_a_workers_own_folder_comes_before_the_readers_modules():
    there = {"PYTHONPATH": "/elsewhere"}
    path = environment.of_worker(FOLDER, DATA, there)["PYTHONPATH"]
    assert path.split(os.pathsep) == [str(FOLDER), "/elsewhere"]
    assert environment.of_worker(FOLDER, DATA, {})["PYTHONPATH"] == str(FOLDER)


def test_a_worker_writes_utf_8_and_keeps_its_asserts():
    there = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONOPTIMIZE": "2"}
    program = "import sys; assert 0, sys.stdout.encoding"
    told = subprocess.run(
        [sys.executable, "-c", program],
        env=environment.of_worker(FOLDER, DATA, there),
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=stretched(60),
    )
    assert "AssertionError: utf-8" in told.stderr


def test_in_the_block_there_is_none_and_after_it_all_are_back(monkeypatch):
    monkeypatch.setenv("BROKER_URL", "kafka://elsewhere:1")
    monkeypatch.setenv("UNRELATED", "1")
    before = dict(os.environ)
    with environment.without_settings():
        assert "BROKER_URL" not in os.environ
        assert os.environ["UNRELATED"] == "1"
    assert dict(os.environ) == before
