"""An election by PostgreSQL: an advisory lock, which belongs to a session.

The server ends a session that asks nothing for SESSION_S; without that setting a leader that stands
still keeps its lock. The token comes from a sequence, drawn in the session that holds the lock.
"""

import contextlib
import time

from candidate import SESSION_S, STEP_DOWN_S, Heartbeat
from pg8000.exceptions import DatabaseError
from pg8000.native import Connection

LOCK = 2718


class Election:
    def __init__(self, server, name):
        self._server, self._name = server, name
        self._session = None

    def campaign(self):
        host, port = self._server.split(":")
        self._session = Connection(
            *("postgres", host), port=int(port), timeout=STEP_DOWN_S, database="postgres"
        )
        self._session.run(f"SET idle_session_timeout = '{SESSION_S}s'")
        with contextlib.suppress(DatabaseError):  # two candidates make it at the same time
            self._session.run("CREATE SEQUENCE IF NOT EXISTS token")
        while not self._session.run(f"SELECT pg_try_advisory_lock({LOCK})")[0][0]:
            time.sleep(0.1)
        return self._session.run("SELECT nextval('token')")[0][0]

    def lead(self, lost):
        def still_leads():
            try:
                return bool(self._session.run("SELECT true")[0][0])
            except Exception:
                return False  # the session has ended, or will: the lock is gone with it

        Heartbeat(still_leads, lost).start()

    def close(self):
        if self._session:
            self._session.close()
