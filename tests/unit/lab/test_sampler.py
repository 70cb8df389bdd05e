"""How the observer's process asks a worker, without a worker."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from electionlab.lab import sampler


@pytest.fixture
def worker():
    """The port of a web server that answers each question with its path."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            told = self.path if self.path == "/text" else {"path": self.path}
            self.wfile.write(json.dumps(told).encode())

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
