"""An election by ZooKeeper: kazoo's recipe for a lock, which its recipe for an election is made of.

Each candidate has a node of its own, which ZooKeeper numbers and removes with the candidate's
session. The lowest number leads.
"""

from candidate import SESSION_S
from kazoo.client import KazooClient, KazooState
from kazoo.retry import KazooRetry


class Election:
    def __init__(self, server, name):
        retry = KazooRetry(max_tries=-1, max_delay=0.5)
        self._client = KazooClient(server, timeout=SESSION_S, connection_retry=retry)
        self._lock = self._client.Lock("/greetings", name)

    def campaign(self):
        self._client.start(timeout=SESSION_S)
        self._lock.acquire()
        return int(self._lock.node[-10:])  # the number of its node

    def lead(self, lost):
        # Without a connection it cannot know whether its session, and so its node, still lives.
        self._client.add_listener(lambda state: state == KazooState.CONNECTED or lost.set())
        if not self._client.connected:
            lost.set()

    def close(self):
        if self._client.connected:
            self._lock.release()
        self._client.stop()
        self._client.close()
