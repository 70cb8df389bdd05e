"""A KAFKA_HOME is made once, whole or not at all, and is found by a shell."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from terminals import terminal_in

from electionlab.host.folders import PROJECT, cache_folder
from electionlab.host.waiting import stretched, wait_until
from electionlab.kafka import zookeeper_home
from electionlab.kafka.zookeeper_home import make_home

pytestmark = pytest.mark.live


def a_cache_with_jars_alone(cache: Path) -> Path:
    make_home()
    (cache / zookeeper_home.LOCK).mkdir(parents=True)
    for jar in (cache_folder() / zookeeper_home.LOCK).glob("*.jar"):
        shutil.copy2(jar, cache / zookeeper_home.LOCK)
    return cache


@pytest.mark.own_ports
def test_of_two_that_make_it_at_once_one_waits_and_goes_on_if_the_other_is_killed(
    tmp_path, monkeypatch
):
    cache = a_cache_with_jars_alone(tmp_path / "cache")
    environment = {**os.environ, "ELECTIONLAB_CACHE": str(cache)}
    told = [tmp_path / "0.err", tmp_path / "1.err"]
    makers = []
    try:
        for path in told:
            with path.open("w", encoding="utf-8") as log:
                makers.append(
                    subprocess.Popen(
                        [sys.executable, "-m", "electionlab", "env"],
                        cwd=PROJECT,
                        env=environment,
                        stdout=subprocess.PIPE,
                        stderr=log,
                        encoding="utf-8",
                    )
                )
        training = wait_until(
            lambda: [
                number
                for number in (0, 1)
                if "Training" in told[number].read_text(encoding="utf-8")
            ],
            within=60,
            why=lambda: str([path.read_text(encoding="utf-8") for path in told]),
        )
        (first,) = training
        assert makers[1 - first].poll() is None
        makers[first].kill()
        line, _ = makers[1 - first].communicate(timeout=stretched(120))
    finally:
        for maker in makers:
            maker.kill()
            maker.communicate()
    assert makers[1 - first].returncode == 0
    (made,) = (cache / zookeeper_home.LOCK).glob("home-*")
    assert line == f"export KAFKA_HOME={made}\n"
    monkeypatch.setenv("ELECTIONLAB_CACHE", str(cache))
    assert zookeeper_home.is_made()
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
        encoding="utf-8",
    )
    assert told.stdout.count("\n") == 1
    assert told.stdout.startswith("export KAFKA_HOME=")
    assert "Training" in told.stderr
    read_back = f'{told.stdout}printf %s "$KAFKA_HOME"'
    kafka_home = subprocess.check_output(["sh", "-c", read_back], encoding="utf-8")
    assert Path(kafka_home).resolve().parent == (cache / zookeeper_home.LOCK).resolve()
    with terminal_in(tmp_path / "a reader's folder", kafka_home) as opened:
        opened.start_both()
    Path(kafka_home).unlink()


@pytest.mark.own_ports
def test_make_prints_one_line_for_a_shell():
    told = subprocess.run(
        ["make", "-s", "kafka-home"], check=True, cwd=PROJECT, capture_output=True, encoding="utf-8"
    )
    assert told.stdout == f"export KAFKA_HOME={make_home()}\n"


@pytest.mark.own_ports
def test_a_damaged_home_is_made_anew(own_cache, capfd):
    made = make_home()
    capfd.readouterr()
    (made / "bin" / "kafka-topics").write_text("exit 1\n", encoding="utf-8")
    assert make_home() == made
    assert "made again" in capfd.readouterr().err
    assert "TopicCommand" in (made / "bin" / "kafka-topics").read_text(encoding="utf-8")
    assert make_home() == made
    assert capfd.readouterr().err == ""
