"""An election by etcd: its own election service, by way of its JSON gateway.

A candidate's key belongs to a lease, which ends unless it is kept alive. The oldest key leads; the
revision in which it was made is the token.
"""

import base64
import threading

import requests
from candidate import HEARTBEAT_S, SESSION_S, Heartbeat


class Election:
    def __init__(self, server, name):
        self._server, self._name = server, name
        self._lease = None

    def campaign(self):
        self._lease = self._ask("lease/grant", TTL=int(SESSION_S))["ID"]
        lost = threading.Event()
        Heartbeat(self._still_leased, lost).start()  # it has to live while it waits, too
        try:
            won = self._ask(
                "election/campaign",
                within=None,
                name=_base64("greetings"),
                value=_base64(self._name),
                lease=self._lease,
            )
        finally:
            lost.set()
        return int(won["leader"]["rev"])

    def lead(self, lost):
        Heartbeat(self._still_leased, lost).start()

    def close(self):
        if self._lease:
            self._ask("lease/revoke", ID=self._lease)

    def _still_leased(self):
        return "TTL" in self._ask("lease/keepalive", within=HEARTBEAT_S, ID=self._lease)["result"]

    def _ask(self, what, within=SESSION_S, **question):
        answer = requests.post(f"http://{self._server}/v3/{what}", json=question, timeout=within)
        answer.raise_for_status()
        return answer.json()


def _base64(text):
    return base64.b64encode(text.encode()).decode()
