"""A KAFKA_HOME is made once, whole or not at all, and is found by a shell."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from terminals import terminal_in

from electionlab import home
from electionlab.home import make_home
from electionlab.places import PROJECT, cache_folder
from electionlab.waiting import wait_until

pytestmark = pytest.mark.live


def a_cache_with_jars_alone(cache: Path) -> Path:
    make_home()
    (cache / home.LOCK).mkdir(parents=True)
    for jar in (cache_folder() / home.LOCK).glob("*.jar"):
        shutil.copy2(jar, cache / home.LOCK)
    return cache


def test_of_two_that_make_it_at_once_one_waits_and_goes_on_if_the_other_is_killed(tmp_path):
    cache = a_cache_with_jars_alone(tmp_path / "cache")
    environment = {**os.environ, "ELECTIONLAB_CACHE": str(cache)}
    told = [tmp_path / "0.err", tmp_path / "1.err"]
    makers = []
    try:
        for path in told:
            with path.open("w") as log:
                makers.append(
                    subprocess.Popen(
                        [sys.executable, "-m", "electionlab", "env"],
                        cwd=PROJECT,
                        env=environment,
                        stdout=subprocess.PIPE,
                        stderr=log,
                        text=True,
                    )
                )
        training = wait_until(
            lambda: [number for number in (0, 1) if "Training" in told[number].read_text()],
            within=60,
            why=lambda: str([path.read_text() for path in told]),
        )
        (first,) = training
        assert makers[1 - first].poll() is None
        makers[first].kill()
        line, _ = makers[1 - first].communicate(timeout=120)
    finally:
        for maker in makers:
            maker.kill()
            maker.communicate()
    assert makers[1 - first].returncode == 0
    (made,) = (cache / home.LOCK).glob("home-*")
    assert line == f"export KAFKA_HOME='{made}'\n"
    assert home._is_whole(made)
    assert sorted(path.name for path in made.glob("libexec/*.aot")) == [
        "kafka.aot",
        "zookeeper.aot",
    ]


def test_a_cache_with_spaces_in_its_path_and_the_line_that_a_shell_evaluates(tmp_path, monkeypatch):
    cache = a_cache_with_jars_alone(tmp_path / "my cache")
    monkeypatch.setenv("ELECTIONLAB_CACHE", str(cache))
    monkeypatch.delenv("KAFKA_HOME", raising=False)
    told = subprocess.run(
        [sys.executable, "-m", "electionlab", "env"],
        check=True,
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert told.stdout.count("\n") == 1
    assert told.stdout.startswith("export KAFKA_HOME='")
    assert "Training" in told.stderr
    read_back = f'{told.stdout}printf %s "$KAFKA_HOME"'
    kafka_home = subprocess.check_output(["sh", "-c", read_back], text=True)
    assert Path(kafka_home).resolve().parent == (cache / home.LOCK).resolve()
    with terminal_in(tmp_path / "a reader's folder", kafka_home) as opened:
        opened.start_both()
    Path(kafka_home).unlink()


def test_make_prints_one_line_for_a_shell():
    told = subprocess.run(
        ["make", "-s", "kafka-home"], check=True, cwd=PROJECT, capture_output=True, text=True
    )
    assert told.stdout == f"export KAFKA_HOME='{make_home()}'\n"


def test_a_damaged_home_is_made_anew(capfd):
    made = make_home()
    (made / "bin" / "kafka-topics").write_text("exit 1\n")
    assert make_home() == made
    assert "made anew" in capfd.readouterr().err
    assert "TopicCommand" in (made / "bin" / "kafka-topics").read_text()
    assert make_home() == made
    assert capfd.readouterr().err == ""
