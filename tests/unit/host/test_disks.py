"""A full disk is named, wherever a run comes upon it."""

import dataclasses
import os
import shutil
import subprocess
import sys

import pytest

from electionlab.errors import LabError
from electionlab.history.history import History
from electionlab.host import disks
from electionlab.host.excerpt import excerpt
from electionlab.host.folders import PROJECT
from electionlab.host.process import Process, folder_for_a_process
from electionlab.host.waiting import wait_until
from electionlab.kafka import aot_cache
from electionlab.kafka.java import find_java
from electionlab.kafka.zookeeper_home import ZooKeeperInstallation

# From here on a write of one byte fails, as on a full disk; root is no exception.
FILLED = """
import resource, signal
from pathlib import Path
from electionlab.host.locks import WalkthroughLock
from electionlab.host.process import folder_for_a_process
from electionlab.host import disks, ports
disks.temporary()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
try:
    {what}
except Exception as error:
    print(f"{{type(error).__name__}}: {{error}}")
"""
WRITES = """
    with folder_for_a_process("x") as folder:
        (folder / "server.properties").write_text("x", encoding="utf-8")
"""
COPIES = f"""
    import shutil
    with folder_for_a_process("x") as folder:
        shutil.copytree({str(PROJECT / "docs" / "recorded")!r}, folder / "data")
"""
LOCKS = 'WalkthroughLock(Path(__import__("tempfile").mkdtemp()) / "lock").acquire(0)'
NO_FOLDER = "__import__('tempfile').tempdir = None; disks.temporary()"


@pytest.fixture
def full(monkeypatch):
    """The disk with the logs counts as full."""
    disk = disks.logs()
    monkeypatch.setattr(disks.Disk, "free", lambda self: 0 if self == disk else 10**12)
    return disk


def filled(what, tmp_path):
    """What a reader is told by something that is done on a full disk."""
    told = subprocess.run(
        [sys.executable, "-c", FILLED.format(what=what)],
        check=True,
        capture_output=True,
        encoding="utf-8",
        cwd=PROJECT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    return told.stdout


@pytest.mark.parametrize("what", [WRITES, COPIES, LOCKS], ids=["a file", "a copy", "a lock"])
def test_a_temporary_folder_that_is_full_is_named(tmp_path, what):
    told = filled(what, tmp_path)
    named = (
        f"DiskError: The folder for temporary files, {tmp_path}, cannot be used: File too large."
    )
    assert told.startswith(named)
    assert "name another folder in TMPDIR" in told
    assert not list(tmp_path.glob("electionlab-*"))


def test_no_temporary_folder_at_all_is_said(tmp_path):
    told = filled(NO_FOLDER, tmp_path)
    assert told.startswith("LabError: No folder for temporary files can be written to.")
    assert "TMPDIR" in told


@pytest.mark.parametrize(("name", "way"), [("logs", "ELECTIONLAB_RUNS"), ("temporary", "TMPDIR")])
def test_no_process_is_started_on_a_disk_without_room(monkeypatch, tmp_path, name, way):
    disk = dataclasses.replace(getattr(disks, name)(), start=10**18)
    monkeypatch.setattr(disks, name, lambda: disk)
    with pytest.raises(LabError, match=rf"cannot be used: only .* MB is free.*{way}"):
        Process(["touch", str(tmp_path / "started")], name="It", log=tmp_path / "log")
    assert not (tmp_path / "started").exists()


def test_a_training_that_a_full_disk_kept_from_is_no_failed_training(monkeypatch, tmp_path):
    def train(*_):
        raise disks.temporary().error("No space left on device")

    java = dataclasses.replace(find_java(), version="25.0.1")  # one that can be trained
    monkeypatch.setattr(aot_cache, "train", train)
    installation = ZooKeeperInstallation(java, (), tmp_path)
    with pytest.raises(disks.DiskError, match="No space left on device"):
        installation.make()
    assert not installation.folder.exists()


def test_what_was_waited_for_in_vain_names_the_full_disk_once(full, tmp_path):
    named = f"The folder for the logs, {full.folder}, cannot be used: no space is left on its disk"
    for why in (lambda: "nobody leads", lambda: excerpt(tmp_path / "empty.log")):
        with pytest.raises(LabError) as caught:
            wait_until(lambda: False, within=0, why=why)
        assert str(caught.value).count(named) == 1
    assert named in excerpt(tmp_path / "empty.log")


def test_with_room_nothing_is_said_of_disks(tmp_path):
    assert disks.full() == ""
    assert excerpt(tmp_path / "empty.log") == "    (it printed nothing)"
    with folder_for_a_process("x") as folder:
        assert folder.is_dir()
    shutil.rmtree(folder)


def test_a_history_that_cannot_be_written_says_so(tmp_path):
    with pytest.raises(LabError, match=r"x\.jsonl cannot be written: No such file or directory"):
        History([]).save(tmp_path / "nowhere" / "x.jsonl")
    with pytest.raises(LabError, match=r"/dev/full cannot be written: No space left on device"):
        History([]).save("/dev/full")
