"""What becomes known of a run, without a run."""

from electionlab.history import events as ev
from electionlab.host.disks import Disk
from electionlab.lab.recorder import Recorder
from electionlab.lab.roster import Roster


def recorder_of(*lives):
    kafka = type("NoKafka", (), {"processes": (), "alive": False, "version": None})()
    roster = Roster(lambda: None)
    roster.lives.extend(lives)
    return Recorder(kafka, roster, app="app", topic="topic", settings={"A_PASSWORD": "x", "B": "y"})


def test_a_run_notes_once_that_the_disk_of_its_logs_is_full(monkeypatch, tmp_path):
    log = tmp_path / "6066.log"
    log.touch()
    run = recorder_of(type("Worker", (), {"log": log, "read": lambda self: []})())
    assert not run.history().of(ev.WitnessFailed)
    monkeypatch.setattr(Disk, "free", lambda disk: 0)
    for _ in range(2):
        (failed,) = run.history().of(ev.WitnessFailed)
    assert (failed.asked, failed.why) == ("log", "the disk of the logs was full")


def test_other_sources_are_read_with_the_logs_and_each_event_is_news_once():
    run = recorder_of()
    batches = [[ev.WitnessFailed(time=1.0, worker="kafka", asked="group", why="no answer")], []]
    run.sources.append(lambda: batches.pop(0))
    (failed,) = run.news(0)
    assert failed.asked == "group"
    assert run.news(1) == []


def test_a_history_tells_the_settings_without_their_secrets():
    assert recorder_of().history().about["settings"] == "A_PASSWORD=(hidden) B=y"
