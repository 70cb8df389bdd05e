"""Where the cache and the logs are."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import platformdirs
import pytest

from electionlab.errors import LabError
from electionlab.host import folders
from electionlab.host.folders import cache_errors, cache_folder, new_log, run_folder


@pytest.fixture
def runs(monkeypatch, tmp_path):
    """A folder for the runs of this test alone."""
    monkeypatch.setenv("ELECTIONLAB_RUNS", str(tmp_path / "runs"))
    run_folder.cache_clear()
    yield tmp_path / "runs"
    run_folder.cache_clear()


def test_the_project_is_where_leader_py_is():
    assert (folders.PROJECT / "leader.py").is_file()


def test_the_cache_is_where_the_environment_says_or_the_systems_own_is(monkeypatch):
    monkeypatch.setenv("ELECTIONLAB_CACHE", "/some/where")
    assert cache_folder() == Path("/some/where")
    for unset in (lambda name: monkeypatch.setenv(name, ""), monkeypatch.delenv):
        unset("ELECTIONLAB_CACHE")
        assert cache_folder() == Path(platformdirs.user_cache_dir("electionlab"))


def test_a_cache_that_cannot_be_written_is_said_in_one_sentence():
    with pytest.raises(LabError) as caught, cache_errors(Path("/cache")):
        raise OSError(28, "No space left on device")
    told = str(caught.value)
    assert told.startswith("The cache folder /cache cannot be used: No space left on device. ")


def test_other_errors_pass_through_unchanged():
    with pytest.raises(KeyError), cache_errors(Path("/cache")):
        raise KeyError("x")


def test_a_run_has_one_folder_named_by_its_process(runs):
    folder = run_folder()
    assert folder.is_dir()
    assert folder.parent == runs
    assert folder.name.endswith(f"-{os.getpid()}")
    assert run_folder() == folder


def test_each_log_of_a_run_has_a_name_of_its_own(runs):
    names = [new_log("6066").name, new_log("6066").name, new_log("6067").name, new_log("6066").name]
    assert names == ["6066.log", "6066-2.log", "6067.log", "6066-3.log"]
    assert sorted(path.name for path in run_folder().iterdir()) == sorted(names)


def test_threads_that_want_a_log_of_the_same_name_get_different_ones(runs):
    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(lambda _: new_log("kafka"), range(80)))
    assert len(set(names)) == 80
    assert len(list(runs.iterdir())) == 1


def test_a_folder_for_logs_that_cannot_be_made_is_said(runs):
    runs.write_text("", encoding="utf-8")
    with pytest.raises(LabError, match="ELECTIONLAB_RUNS") as caught:
        run_folder()
    assert f"The folder {runs}" in str(caught.value)


def test_a_notebook_shows_an_error_without_its_frames():
    assert LabError("It was so.")._render_traceback_() == ["LabError: It was so."]
