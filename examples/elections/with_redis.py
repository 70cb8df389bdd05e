"""An election by Redis: redis-py's lock, a key that expires unless it is renewed.

Redis has no token. A counter beside the lock makes one, if it is counted up before a last look at
whether the lock is still held: whoever holds it later counts later.
"""

from candidate import SESSION_S, Heartbeat
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import LockError, LockNotOwnedError
from redis.retry import Retry


class Election:
    def __init__(self, server, name):
        host, port = server.split(":")
        # By itself it would try each question four times before it says that there is no answer.
        once = Retry(NoBackoff(), 0)
        self._redis = Redis(host, int(port), socket_timeout=1, socket_connect_timeout=1, retry=once)
        self._lock = self._redis.lock("greetings", timeout=SESSION_S, thread_local=False)

    def campaign(self):
        self._lock.acquire()
        token = self._redis.incr("token")
        if not self._lock.owned():
            raise LockError("lost before it began")
        return token

    def lead(self, lost):
        Heartbeat(self._still_leads, lost).start()

    def _still_leads(self):
        try:
            return self._lock.reacquire()
        except LockNotOwnedError:
            return False

    def close(self):
        if self._lock.owned():
            self._lock.release()
        self._redis.close()
