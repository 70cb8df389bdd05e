"""Both Kafkas before the pages: side by side, and stopped together. Nothing is fetched."""

import sys
import threading

import pytest

from electionlab.book import prefetch
from electionlab.errors import LabError
from electionlab.host.process import Process
from electionlab.kafka import zookeeper_home


@pytest.fixture(autouse=True)
def without_kafka_home(monkeypatch):
    monkeypatch.delenv("KAFKA_HOME", raising=False)


def test_both_are_prepared_at_the_same_time(monkeypatch):
    before, meet = threading.enumerate(), threading.Barrier(2, timeout=10)
    monkeypatch.setattr(prefetch, "prepare", meet.wait)
    monkeypatch.setattr(zookeeper_home, "is_made", lambda stopped: meet.wait() >= 0)
    assert prefetch.prepare_all() is None
    # The caller forks, and a fork with threads may hang.
    assert threading.enumerate() == before


def test_when_one_fails_the_other_is_stopped_and_the_failure_told(monkeypatch):
    ended = []

    def fail():
        raise LabError("no network")

    def go_on(stopped):
        ended.append(stopped.wait(10))
        raise LabError("stopped")

    monkeypatch.setattr(prefetch, "prepare", fail)
    monkeypatch.setattr(zookeeper_home, "is_made", go_on)
    with pytest.raises(LabError, match=r"^no network$"):
        prefetch.prepare_all()
    assert ended == [True]


def test_the_home_is_made_in_a_process_of_its_own(monkeypatch):
    made = object()
    monkeypatch.setattr(prefetch, "prepare", lambda: None)
    monkeypatch.setattr(zookeeper_home, "is_made", lambda stopped: False)
    monkeypatch.setattr(prefetch, "_make_home", lambda: made)
    assert prefetch.prepare_all() is made


def test_a_readers_own_kafka_home_needs_no_other(monkeypatch, tmp_path):
    monkeypatch.setenv("KAFKA_HOME", str(tmp_path))
    monkeypatch.setattr(prefetch, "prepare", lambda: None)
    monkeypatch.setattr(zookeeper_home, "is_made", lambda stopped: pytest.fail("not asked for"))
    with pytest.raises(LabError, match="KAFKA_HOME is"):
        prefetch.prepare_all()
    monkeypatch.setattr(prefetch, "find_home", lambda: None)
    assert prefetch.prepare_all() is None


def maker(tmp_path, text):
    return Process([sys.executable, "-c", text], name="The maker", log=tmp_path / "maker.log")


def test_a_failure_meanwhile_is_told_in_its_own_sentence(tmp_path):
    text = "print('Training caches.\\nelectionlab: The cache is full.'); raise SystemExit(1)"
    with pytest.raises(LabError, match=r"^The cache is full\.$"):
        prefetch.finish(maker(tmp_path, text))


def test_a_failure_without_a_word_is_told_by_its_status(tmp_path):
    with pytest.raises(LabError, match=r"The maker ended with status 3\."):
        prefetch.finish(maker(tmp_path, "raise SystemExit(3)"))


def test_of_a_success_only_what_is_unusual_is_told(tmp_path, capsys):
    text = "print('Training caches, once.\\nThe servers will boot without.\\nexport KAFKA_HOME=x')"
    prefetch.finish(maker(tmp_path, text))
    prefetch.finish(None)
    assert capsys.readouterr().err == "The servers will boot without.\n"
