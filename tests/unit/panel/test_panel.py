"""A panel follows a run and does what is pressed. Small programs stand for Faust, and there is no
Kafka, no kernel and no browser."""

import json
import threading
import time
from types import SimpleNamespace

import pytest
from histories import started

from electionlab.errors import LabError
from electionlab.host import cells, ports
from electionlab.host.waiting import wait_until
from electionlab.lab.lab import Lab
from electionlab.lab.workers import Workers
from electionlab.panel import panel as module
from electionlab.panel.panel import NOTHING, Panel

WIDGET = "application/vnd.jupyter.widget-view+json"
WAITS = "import signal, time; signal.signal(signal.SIGINT, lambda *_: exit(0)); time.sleep(60)"
FAILS = "exit(3)"


class NoKafka:
    alive = False
    version = None
    bootstrap = "nowhere"
    processes = ()
    witness = SimpleNamespace(cluster=lambda within: None)

    def require_alive(self):
        pass


@pytest.fixture
def workers(tmp_path):
    with Workers(NoKafka(), folder=tmp_path, lock=False) as made:
        yield made
        for worker in made.running():
            made.kill(worker)


@pytest.fixture
def panel(workers):
    with Panel(workers) as made:
        yield made


@pytest.fixture
def notebook(monkeypatch):
    """As if a cell of a notebook were run; `allow_stdin` says whether by a person."""
    content = {"allow_stdin": True}
    shell = SimpleNamespace(get_parent=lambda: {"content": content})
    monkeypatch.setattr(cells, "shell", lambda **_: shell)
    monkeypatch.delenv("ELECTIONLAB_BUILD", raising=False)
    return content


def launch(workers, does=WAITS):
    return workers.launch(f"python -c '{does}' -l info --web-port {ports.free_port()}")


def press(panel, act, worker=""):
    panel._on_message(None, {"do": "press", "act": act, "worker": str(worker)}, [])


def shows(panel, condition, what):
    return wait_until(
        lambda: condition(panel.widget), within=20, why=lambda: f"{what}; {panel.widget.said}"
    )


def says(panel, words, *, is_error=False):
    def condition(widget):
        said = widget.said
        return words in said.get("words", "") and said["is_error"] == is_error

    shows(panel, condition, f"it does not say {words!r}")


def followers():
    return [thread for thread in threading.enumerate() if thread.name == "electionlab panel"]


def test_only_a_run_has_a_panel():
    with pytest.raises(LabError, match="and not 'workers'"):
        Panel("workers")


def test_before_anything_has_happened_it_is_a_sentence(panel):
    assert panel._repr_mimebundle_() == {"text/plain": NOTHING, "text/html": f"<p>{NOTHING}</p>"}
    assert panel.show().cards == []


def test_where_nobody_could_press_a_button_it_is_a_replay_and_starts_nothing(panel, workers):
    launch(workers)
    shown = panel._repr_mimebundle_()
    assert "<lab-replay>" in shown["text/html"]
    assert "<table" in shown["text/html"]
    assert WIDGET not in shown
    assert panel.widget is None
    assert followers() == []


def test_in_front_of_a_person_it_is_a_widget_and_elsewhere_it_is_not(
    panel, workers, notebook, monkeypatch
):
    launch(workers)
    data, _ = panel._repr_mimebundle_()
    assert WIDGET in data
    assert data["text/plain"] == f"a panel of {workers.title}"
    notebook["allow_stdin"] = False  # nbconvert, `jupyter execute`
    assert WIDGET not in panel._repr_mimebundle_()
    notebook["allow_stdin"] = True
    monkeypatch.setenv("ELECTIONLAB_BUILD", "some build")
    assert WIDGET not in panel._repr_mimebundle_()


def test_what_is_pressed_is_done_said_and_seen(panel, workers):
    worker = launch(workers)
    panel.show()
    (card,) = panel.widget.cards
    assert card["name"] == worker.name
    press(panel, "freeze", worker.name)
    says(panel, f"{worker.name} was frozen.")
    shows(panel, lambda widget: widget.cards[0]["faults"] == ["frozen"], "it is not frozen")
    press(panel, "freeze", worker.name)
    says(panel, "is already frozen")
    press(panel, "thaw", worker.name)
    says(panel, f"{worker.name} was thawed.")
    press(panel, "kill", worker.name)
    says(panel, "was killed with kill -9")
    shows(panel, lambda widget: widget.cards[0]["gone"], "it is not gone")
    assert [act for act, _ in panel.widget.cards[0]["buttons"]] == ["start"]
    kinds = [row["kind"] for row in panel.widget.rows]
    assert kinds.count("act") == 4  # the start is one of them
    assert "svg" in panel.widget.picture


def test_a_button_of_a_worker_that_has_ended_says_so_however_often_it_is_pressed(panel, workers):
    worker = launch(workers)
    panel.show()
    press(panel, "interrupt", worker.name)
    shows(panel, lambda widget: not worker.alive, "it does not end")
    for act in "kill", "kill", "interrupt":
        press(panel, act, worker.name)
        says(panel, "has already ended, with status")
    for act in "freeze", "thaw":
        press(panel, act, worker.name)
        says(panel, "has already ended", is_error=True)


@pytest.mark.parametrize(
    ("act", "worker", "words"),
    [
        ("kill", "1234", "'1234' is not a worker of this run"),
        ("explode", "", "There is no act 'explode' here."),
        ("cut", "", "There is no act 'cut' here."),
        ("history", "", "There is no act 'history' here."),
        ("add", "", "No worker was started yet"),
    ],
)
def test_what_cannot_be_done_becomes_one_line(panel, act, worker, words):
    panel.show()
    press(panel, act, worker)
    says(panel, words, is_error=True)
    assert "\n" not in panel.widget.said["words"]


def test_a_worker_that_cannot_start_becomes_one_line(panel, workers):
    worker = launch(workers, FAILS)
    panel.show()
    press(panel, "start", worker.name)
    says(panel, f"Worker {worker.name} ended at start, with status 3", is_error=True)
    assert "\n" not in panel.widget.said["words"]


def test_a_message_that_means_nothing_does_nothing(panel):
    panel.show()
    for content in {}, {"do": "press"}, {"do": "press", "act": 3}, {"do": "dance"}, "kill", None:
        panel._on_message(None, content, [])
    assert panel.widget.said == {}


def test_all_that_is_shown_can_be_sent(panel, workers):
    launch(workers)
    panel.show()
    own = ["title", "kinds", "cards", "leaders", "rows", "picture", "said", "over"]
    assert json.dumps({name: getattr(panel.widget, name) for name in own})


def test_closed_it_leaves_no_thread_and_the_run_goes_on(panel, workers):
    worker = launch(workers)
    widget = panel.show()
    assert len(followers()) == 1
    panel._on_message(None, {"do": "close"}, [])
    wait_until(lambda: not followers(), within=20, why=lambda: f"left: {followers()}")
    assert widget.comm is None
    assert worker.alive
    panel.close()
    panel.stop()
    with pytest.raises(LabError, match="was closed"):
        panel.show()


def test_it_looks_no_more_once_nobody_sees_it_and_again_when_somebody_does(panel, workers):
    launch(workers)
    panel.show()
    for view in "shown", "shown", "gone":
        panel._on_message(None, {"do": view}, [])
    assert len(followers()) == 1
    panel._on_message(None, {"do": "gone"}, [])
    wait_until(lambda: not followers(), within=20, why=lambda: f"left: {followers()}")
    press(panel, "kill", workers.running()[0].name)
    panel._on_message(None, {"do": "shown"}, [])
    says(panel, "was killed")


def test_a_run_has_one_panel(panel, workers):
    first = panel.show()
    with Panel(workers) as other:
        other.show()
        assert first.comm is None
        wait_until(lambda: len(followers()) == 1, within=20, why=lambda: str(followers()))
        assert panel.show is not None
        panel.close()  # which takes nothing from the other
        assert other.widget.comm is not None


def test_the_panel_of_a_lab_that_ends_has_no_buttons_and_looks_no_more():
    lab = Lab(0, room=1)
    try:
        with Panel(lab) as panel:
            lab.workers.recorder.note(started(time.time(), lab.slots.names[0]))
            panel.show()
            (card,) = panel.widget.cards
            assert [act for act, _ in card["buttons"]][-1] == "cut"
            press(panel, "add")
            says(panel, "This lab has not been started yet", is_error=True)
            lab.stop()
            shows(panel, lambda widget: widget.over, "it is not over")
            wait_until(lambda: not followers(), within=20, why=lambda: f"left: {followers()}")
            assert panel.widget.cards[0]["buttons"] == []
    finally:
        lab.stop()


def test_a_lab_that_has_ended_has_no_panel(notebook):
    lab = Lab(0, room=1)
    lab.stop()
    assert Panel(lab)._repr_mimebundle_()["text/plain"] == NOTHING


def test_a_panel_that_cannot_go_on_says_why(panel, workers, monkeypatch):
    panel.show()
    wait_until(followers, within=20, why=lambda: "it does not look")

    def fails(since):
        raise LabError("the disk is gone\nand more")

    monkeypatch.setattr(workers.recorder, "news", fails)
    says(panel, "The panel has stopped: LabError: the disk is gone", is_error=True)
    wait_until(lambda: not followers(), within=20, why=lambda: f"left: {followers()}")


def test_a_long_run_is_drawn_from_its_newest_part(panel, workers, monkeypatch):
    monkeypatch.setattr(module, "WINDOW_S", 5.0)
    worker = launch(workers)
    workers.recorder.events[:] = [started(time.time() - 600, worker.name)]
    drawn = panel._draw()
    assert "over 5 s" in drawn["svg"]
    assert ">600</text>" in drawn["svg"]  # seconds of the run
    assert drawn["words"].startswith("0 s is ")
