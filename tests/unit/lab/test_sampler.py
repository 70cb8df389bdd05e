"""How the observer's process asks a worker, without a worker."""

import contextlib
import itertools
import json
import queue
import socket
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread

import pytest

from electionlab.host.waiting import stretched
from electionlab.lab import sampler


@pytest.fixture
def worker():
    """The port of a web server that answers each question with its path."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            answers = {"/text": "/text", "/router/topics": {}}
            answer = answers.get(self.path, {"path": self.path})
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield str(server.server_port)
        server.shutdown()


def test_a_proxy_is_not_asked_for_what_is_on_this_machine(worker, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    assert sampler.get_json(worker, "/assignment/") == {"path": "/assignment/"}


def test_an_answer_that_is_no_object_is_refused(worker):
    with pytest.raises(ValueError, match="/text answered '/text'"):
        sampler.get_json(worker, "/text")


def test_a_view_has_the_time_of_its_answer_and_not_that_of_the_question(monkeypatch):
    """A frozen worker answers when it wakes up what it was asked before."""
    clock = itertools.count()
    answered = []

    def get_json(name, path):
        answered.append(next(clock))
        return {}

    monkeypatch.setattr(sampler, "get_json", get_json)
    monkeypatch.setattr(sampler.time, "time", lambda: next(clock))
    order = {"witness": "127.0.0.1:9", "settings": {}, "app": "a", "workers": ["7101"]}
    view = sampler.Sampler({**order, "every": 1, "journal_from": 0}, print)._ask("7101")
    assert view.time > max(answered)


class WorkersAlone(sampler.Sampler):
    """Asks workers until `over`, and no Kafka."""

    over = Event()

    def _watch_group(self):
        pass

    _watch_journal = _watch_group

    def _ask(self, name):
        if self.over.is_set():
            sys.exit()  # ends the thread
        return super()._ask(name)


def run_until_over(watch):
    with contextlib.suppress(SystemExit):
        watch()


def test_a_worker_that_stands_still_keeps_no_other_waiting(worker, monkeypatch):
    monkeypatch.setattr(sampler, "HTTP_WITHIN_S", 60)
    monkeypatch.setattr(sampler, "_run_or_end_process", run_until_over)
    seen = queue.SimpleQueue()
    with socket.create_server(("127.0.0.1", 0)) as still:  # it takes calls, and answers none
        names = [str(still.getsockname()[1]), worker]
        order = {"witness": "127.0.0.1:9", "settings": {}, "app": "a", "workers": names}
        asking = WorkersAlone({**order, "every": 0.01, "journal_from": 0}, seen.put)
        running = Thread(target=asking.run, daemon=True)
        running.start()
        samples = [seen.get(timeout=stretched(30)) for _ in range(3)]
        asking.over.set()
    assert {sample["worker"] for sample in samples} == {worker}
    running.join(stretched(30))
    assert not running.is_alive()
