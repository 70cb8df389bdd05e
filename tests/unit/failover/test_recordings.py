"""Recorded runs: written, read again, and refused where they are not whole."""

import dataclasses
import json
import random
import re
import types
from pathlib import Path

import pytest
from click.testing import CliRunner

from electionlab.__main__ import commands
from electionlab.errors import LabError
from electionlab.failover import measure, recordings, verdicts
from electionlab.failover.model import FAULTS, Round, Settings
from electionlab.failover.recordings import FAILOVERS, Recorded
from electionlab.lab import recorded
from electionlab.lab.recorded import Task

TOOK = {"noticed": 5.5, "told": 0.25, "regrouped": 0.02, "assigned": 0.01, "ticked": 1.5}
RUN = Recorded(
    date="2026-11-23",
    machine="2 cores, Linux x86_64",
    command="python -m electionlab failover --rounds 1",
    versions={"kafka": "4.3.0"},
    rounds=[Round(fault, Settings(6, 1, 2), TOOK, 0.1, 1) for fault in FAULTS],
    note="é",
)


def spoilt(tmp_path, spoil):
    path = RUN.save(tmp_path / "run.json")
    told = json.loads(path.read_text(encoding="utf-8"))
    spoil(told)
    path.write_text(json.dumps(told), encoding="utf-8")
    return path


def test_what_was_saved_is_loaded_again(tmp_path):
    path = RUN.save(tmp_path / "run.json")
    assert recordings.load(path) == RUN
    assert (
        sum(line.startswith('{"fault"') for line in path.read_text(encoding="utf-8").splitlines())
        == 2
    )


def test_a_round_that_was_not_told_of_in_full_is_kept(tmp_path):
    run = dataclasses.replace(RUN, rounds=[Round("kill", Settings(6, 1, 2), {})])
    assert recordings.load(run.save(tmp_path / "run.json")) == run


def test_a_run_says_when_where_and_how(tmp_path):
    assert str(RUN).splitlines() == [
        "2 failovers, recorded on 2026-11-23",
        "on 2 cores, Linux x86_64",
        "with kafka 4.3.0",
        "é",
        "To repeat it:",
        "    python -m electionlab failover --rounds 1",
    ]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda told: told.pop("date"), "does not say its date"),
        (lambda told: told.update(machine=""), "does not say its machine"),
        (lambda told: told.update(command=3), "does not say its command"),
        (lambda told: told.update(versions=None), "does not say its versions"),
        (lambda told: told["rounds"][0].update(heartbeat_s=0), "a setting is 0 s"),
        (lambda told: told.update(format="other"), "no recorded run"),
        (lambda told: told.update(version=2), "version 2"),
        (lambda told: told.update(rounds=[]), "has no rounds"),
        (lambda told: told["rounds"][1].pop("took"), "round 2: KeyError"),
        (lambda told: told["rounds"][0]["took"].pop("told"), "round 1: KeyError"),
        (lambda told: told["rounds"][0].update(session_s="long"), "round 1: ValueError"),
        (lambda told: told["rounds"][0].update(fault="freeze"), "no fault 'freeze'"),
        (lambda told: told["rounds"][0]["took"].update(told=-1), "negative"),
        (lambda told: told["rounds"].insert(0, None), "round 1: TypeError"),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_place(tmp_path, spoil, words):
    path = spoilt(tmp_path, spoil)
    with pytest.raises(LabError, match=re.escape(words)) as caught:
        recordings.load(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "nothing"])
def test_a_file_that_is_no_json_is_refused(tmp_path, text):
    (tmp_path / "run.json").write_text(text, encoding="utf-8")
    with pytest.raises(LabError, match="recorded run"):
        recordings.load(tmp_path / "run.json")


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(LabError, match="cannot be read"):
        recordings.load(tmp_path / "run.json")


def test_the_recorded_run_says_when_where_and_how_it_was_made():
    run = recordings.load()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", run.date)
    assert re.fullmatch(r"\d+ cores, \w+ \w+", run.machine)
    assert re.fullmatch(
        r"python -m electionlab failover --rounds \d+ --record docs/recorded/failover\.json",
        run.command,
    )
    assert set(run.versions) == {"kafka", "faust-streaming", "aiokafka", "python"}
    assert re.search(r"/(home|root|tmp|work)/", FAILOVERS.read_text(encoding="utf-8")) is None


def test_the_recorded_run_has_all_settings_and_enough_rounds():
    run = recordings.load()
    for fault in FAULTS:
        for settings in (*measure.SWEEP, measure.FAUST_OWN):
            some = [one for one in run.rounds if (one.fault, one.settings) == (fault, settings)]
            assert len(some) >= (1 if settings == measure.FAUST_OWN else 6), settings


@pytest.mark.parametrize("fault", FAULTS)
def test_the_recorded_run_follows_the_settings(fault):
    verdicts.follows_the_settings(recordings.load().rounds, fault).expect("held")


def test_in_the_recorded_run_waits_grow_with_their_settings():
    verdict = verdicts.waits_grow(recordings.load().rounds).expect("held")
    assert {"told_2_s", "ticked_1_s", "ticked_4_s"} <= set(verdict.figures)


def simulated(seed, *, heartbeat_s=None, timer_s=None):
    """The rounds of the recorded run on a Faust that always has this heartbeat, or this timer."""
    chance = random.Random(seed)
    rounds = []
    for one in recordings.load().rounds:
        has = dataclasses.replace(
            one.settings,
            heartbeat_s=heartbeat_s or one.settings.heartbeat_s,
            timer_s=timer_s or one.settings.timer_s,
        )
        session = chance.uniform(has.session_s - has.heartbeat_s, has.session_s)
        took = {
            "noticed": session if one.fault == "kill" else 0.02,
            "told": chance.uniform(0, has.heartbeat_s),
            "regrouped": 0.02,
            "assigned": 0.02,
            "ticked": chance.uniform(0, has.timer_s),
        }
        rounds.append(dataclasses.replace(one, took=took))
    return rounds


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("ignored", [{"heartbeat_s": 1}, {"timer_s": 2}])
def test_a_faust_that_ignores_a_setting_is_found_out(ignored, seed):
    rounds = simulated(seed, **ignored)
    assert verdicts.waits_grow(rounds).outcome == "broken"
    by_fault = [verdicts.follows_the_settings(rounds, fault).outcome for fault in FAULTS]
    assert "broken" in by_fault


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faust_that_heeds_its_settings_is_not(fault):
    assert verdicts.follows_the_settings(simulated(1), fault).outcome == "held"


def test_this_machine_is_told_without_its_name():
    assert re.fullmatch(r"\d+ cores, \w+ \w+", recorded.machine())


def test_the_command_in_the_file_names_no_folder_of_this_machine(tmp_path):
    assert recorded.command_line("failover", 3, tmp_path / "run.json", None) == (
        "python -m electionlab failover --rounds 3 --record run.json"
    )
    assert recorded.command_line("failover", 3, None, None) == (
        "python -m electionlab failover --rounds 3"
    )


def test_the_command_in_the_file_has_the_options_that_were_used(monkeypatch):
    monkeypatch.setattr("electionlab.book.checkout.require_own_package", lambda: None)
    monkeypatch.setattr("electionlab.kafka.install.prepare", lambda: None)
    monkeypatch.setattr(measure, "record", lambda count, task: task.command)
    assert recorded.command_line("crawler", 3, None, 2) == (
        "python -m electionlab crawler --rounds 3 --at-once 2"
    )
    ran = CliRunner().invoke(commands, ["failover", "--rounds", "3", "--at-once", "2"])
    assert ran.output == "python -m electionlab failover --rounds 3 --at-once 2\n"


class Done:
    """Stands for two experiments that are done."""

    names = ("one", "two")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def history(self, name, within):
        about = dict.fromkeys(("kafka", "faust-streaming", "aiokafka", "python"), name)
        return types.SimpleNamespace(about=about)


def test_what_is_measured_is_printed_and_kept_as_it_comes(tmp_path, capsys):
    path = tmp_path / "run.json"
    unfinished = tmp_path / "run.json.unfinished"
    saved = []

    def rounds_of(name, _seen):
        saved.append(len(recordings.load(unfinished).rounds) if unfinished.exists() else 0)
        return RUN.rounds

    run = Recorded.measured(Task("x", "é", path=path), Done(), rounds_of, lambda one: one.fault)
    assert saved == [0, 2]
    assert run == recordings.load(path)
    assert (len(run.rounds), run.note, run.versions["kafka"]) == (4, "é", "two")
    assert capsys.readouterr().out == "one: kill, interrupt\ntwo: kill, interrupt\n"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [LabError("it ended"), KeyboardInterrupt()])
@pytest.mark.parametrize("at", ["one", "two"])
def test_what_there_was_before_it_ended_stands_beside_an_older_run(tmp_path, capsys, error, at):
    path = RUN.save(tmp_path / "run.json")
    unfinished = tmp_path / "run.json.unfinished"

    def rounds_of(name, _seen):
        if name == at:
            raise error
        return [*RUN.rounds, *RUN.rounds]

    with pytest.raises(type(error)):
        Recorded.measured(Task("x", "", path=path), Done(), rounds_of)
    assert recordings.load(path) == RUN
    if at == "one":
        assert list(tmp_path.iterdir()) == [path]
        return
    assert len(recordings.load(unfinished).rounds) == 4
    said = f"What was measured before it ended is in {unfinished}.\n"
    assert capsys.readouterr().err == said


def test_a_device_has_nothing_beside_it():
    with recorded.kept_beside(Path("/dev/null")) as unfinished:
        assert unfinished is None
