"""What the leaders act on: it writes down whatever it is sent, in one order.

    python -m electionlab.elections.receiver PORT

Each line that it is sent is a greeting, a JSON object with a `token`. It refuses nothing, and says
of each whether it would have: whether a greeting before it had a higher token. Its standard output
is the list of all greetings. Only the standard library, so that it starts at once.
"""

from __future__ import annotations

import json
import socketserver
import sys
import threading
import time
from typing import Any

from electionlab.host.ports import LOOPBACK


class Order:
    """Puts greetings in order, and compares their tokens with the newest so far."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._newest: float | None = None

    def add(self, greeting: dict[str, Any]) -> dict[str, Any]:
        """The greeting with the time at which it came, and whether it was in time."""
        with self._lock:
            token = greeting["token"]
            in_time = self._newest is None or token >= self._newest
            if in_time:
                self._newest = token
            entry = {"time": time.time(), "in_time": in_time, **greeting}
            print(json.dumps(entry), flush=True)
            return entry


class Handler(socketserver.StreamRequestHandler):
    order = Order()

    def handle(self) -> None:
        for line in self.rfile:
            self.wfile.write(json.dumps(self.order.add(json.loads(line))).encode() + b"\n")


class Receiver(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    with Receiver((LOOPBACK, int(sys.argv[1])), Handler) as receiver:
        receiver.serve_forever()
