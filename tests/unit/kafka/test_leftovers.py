"""What earlier versions left in the cache goes, and nothing else does."""

import os
import time

import pytest

from electionlab.kafka import leftovers
from electionlab.kafka.install import LOCK

LONG_AGO = time.time() - 2 * leftovers.UNUSED_S


def a_kafka(cache, name, *, used, fetched=True):
    """A folder of jars, last used at that time."""
    folder = cache / name
    (folder / "kraft-1").mkdir(parents=True)
    (folder / "a.jar").touch()
    if fetched:
        (folder / leftovers.FETCHED).touch()
    for path in folder.iterdir():
        os.utime(path, (LONG_AGO, LONG_AGO))
    os.utime(folder / "kraft-1", (used, used))
    return folder


@pytest.mark.parametrize("name", ["kafka-0a1.aot", "kafka-0a1.failed", "unfinished-x.aot"])
def test_files_from_before_what_is_made_had_a_folder_go(tmp_path, name):
    kafka = a_kafka(tmp_path, LOCK, used=LONG_AGO)
    before = set(kafka.iterdir())
    (kafka / name).touch()
    leftovers.remove(kafka)
    assert set(kafka.iterdir()) == before


def test_an_older_kafka_goes_when_nobody_has_used_it_for_long(tmp_path):
    kafka = a_kafka(tmp_path, LOCK, used=LONG_AGO)
    unused = a_kafka(tmp_path, "kafka-4.1.0", used=LONG_AGO)
    used = a_kafka(tmp_path, "kafka-4.2.0", used=time.time() - leftovers.UNUSED_S / 2)
    somebodys = a_kafka(tmp_path, "kafka-3.5.0", used=LONG_AGO, fetched=False)
    leftovers.remove(kafka)
    assert not unused.exists()
    assert kafka.exists()
    assert used.exists()
    assert somebodys.exists()
