"""Nobody is connected to a notebook: when that is so, and what ends then."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from electionlab.errors import LabError
from electionlab.host import absence, cells
from electionlab.host.absence import Absence, Server, find_server
from electionlab.host.lifecycle import Stoppable


def looks(counted: Absence, *seen: bool | None, passed_s: float = 5.0) -> list[bool]:
    return [counted.note(attended, passed_s) for attended in seen]


def test_the_limit_is_reached_by_absence_alone():
    assert looks(Absence(15.0), False, False, False) == [False, False, True]


def test_a_reload_after_long_reading_is_no_absence():
    counted = Absence(15.0)
    assert not any(looks(counted, *[True] * 100, False, False, True, False, False))


def test_after_the_limit_it_counts_anew():
    assert looks(Absence(15.0), *[False] * 6) == [False, False, True] * 2


def test_what_is_not_known_counts_for_nothing():
    assert looks(Absence(15.0), False, False, None, None, None, False) == [False] * 5 + [True]


def test_a_machine_that_slept_was_not_looked_at_meanwhile():
    assert looks(Absence(900.0), False, False, passed_s=36_000.0) == [False, False]


@pytest.mark.parametrize(("told", "seconds"), [("", 900.0), ("0", 0.0), ("2.5", 2.5)])
def test_the_limit_is_a_setting(monkeypatch, told, seconds):
    monkeypatch.setenv(absence.VARIABLE, told)
    assert absence.limit_s() == seconds


@pytest.mark.parametrize("told", ["soon", "-1", "nan"])
def test_a_limit_that_is_no_number_is_refused(monkeypatch, told):
    monkeypatch.setenv(absence.VARIABLE, told)
    with pytest.raises(LabError, match=rf"ELECTIONLAB_CULL_S is '{told}'"):
        absence.limit_s()


def write_server(folder, **more) -> None:
    about = {"url": "http://127.0.0.1:8888/base/", "token": "t", "sock": "", **more}
    (folder / "jpserver-7.json").write_text(json.dumps(about), encoding="utf-8")


def test_the_server_is_found_beside_the_connection_file(tmp_path):
    write_server(tmp_path)
    found = find_server(tmp_path / "kernel-1-2-3.json", "7")
    assert found == Server("http://127.0.0.1:8888/base/api/kernels/1-2-3?no_track_activity=1", "t")


def test_where_no_server_can_be_asked_there_is_none(tmp_path):
    assert find_server(tmp_path / "kernel-1.json", "7") is None
    write_server(tmp_path, sock="/run/jupyter.sock")
    assert find_server(tmp_path / "kernel-1.json", "7") is None
    assert find_server(tmp_path / "kernel-1.json", "") is None
    (tmp_path / "jpserver-7.json").write_text("{", encoding="utf-8")
    assert find_server(tmp_path / "kernel-1.json", "7") is None


@pytest.fixture
def answering():
    """A server that answers with the last of a list, to who brings the right token."""
    answers: list[tuple[int, object]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answers[-1]
            allowed = self.headers.get("Authorization") == "token t"
            self.send_response(status if allowed else 403)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", answers
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "attended"),
    [
        (200, {"connections": 1, "execution_state": "idle"}, True),
        (200, {"connections": 0, "execution_state": "idle"}, False),
        (200, {"connections": 0, "execution_state": "busy"}, True),
        (200, {"connections": 0, "execution_state": "starting"}, False),
        (200, [], None),
        (200, {}, None),
        (404, {"message": "Kernel does not exist"}, None),
    ],
)
def test_the_server_says_who_is_connected(answering, monkeypatch, status, body, attended):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    address, answers = answering
    answers.append((status, body))
    assert Server(address, "t").is_attended() is attended
    assert Server(address, "").is_attended() is None


class Thing(Stoppable):
    def __init__(self, stopped: list[str], title: str, kafka: Thing | None = None) -> None:
        self._title, self.kafka, self._stopped = title, kafka, stopped

    @property
    def title(self) -> str:
        return self._title

    def stop(self) -> None:
        self._stopped.append(self._title)
        if self._title == "stubborn":
            raise LabError("it does not end")


def test_what_rests_on_a_kafka_ends_before_it_and_all_are_told_why():
    stopped: list[str] = []
    kafka = Thing(stopped, "Kafka")
    things = [kafka, Thing(stopped, "stubborn", kafka), Thing(stopped, "workers", kafka)]
    for thing in things:
        cells.make_room(thing, [])
    words = absence.end(things, 900.0)
    assert stopped == ["stubborn", "workers", "Kafka"]
    assert "15 minutes without a browser: stubborn, workers, Kafka. " in words
    assert "run the cells from the one that starts" in words
    for thing in things:
        with pytest.raises(LabError, match="without a browser"):
            thing.require_not_ended_in_absence()
    assert not set(things) & set(cells.running())


def test_where_nothing_runs_nothing_is_said():
    assert absence.end([], 900.0) == ""


def test_outside_of_a_kernel_nothing_is_watched():
    before = threading.active_count()
    absence.watch()
    assert threading.active_count() == before
