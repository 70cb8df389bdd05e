"""A worker's own way to the broker, which can be cut, healed and made slow.

A relay listens on a port of its own and passes on what it receives, in both directions. Each worker
of a lab reaches each broker through a relay of its own, so its network can be broken without
touching anybody else's, and without being root.

A cut silently holds everything back: bytes, new connections and ends of connections. That is what a
broken cable or a firewall that drops packets does; neither side is told. When the cut is healed,
what was held back arrives, as retransmitted packets would. A connection that was opened during the
cut and given up before it was healed never reaches the broker: not even its first packet would have
been answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Coroutine
from typing import Any, Self, TypeVar

from electionlab.errors import LabError
from electionlab.host.lifecycle import Stoppable
from electionlab.host.ports import LOOPBACK
from electionlab.host.waiting import wait_for

T = TypeVar("T")
CHUNK = 64 * 1024  # bytes that are read at once
HELD = 64  # chunks that one direction of a connection holds back itself; TCP holds the rest
ENDED = "The relays have been stopped: this lab has ended. Start a new one."


class Relay:
    """One relay: from `port` on loopback to `target` there. Made by `Relays.open`.

    `delay_s` seconds are added in each direction, and may be set at any time. `is_cut` says whether
    it is cut.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.delay_s = 0.0
        self.is_cut = False
        self.opened: asyncio.Event = asyncio.Event()  # set while it is not cut
        self.opened.set()
        self._listener: socket.socket | None = None
        self._listening: asyncio.Task[None] | None = None
        self._serving: set[asyncio.Task[None]] = set()  # or they would be garbage-collected

    async def listen(self) -> None:
        self._listener = socket.create_server((LOOPBACK, 0))
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]
        self._listening = asyncio.create_task(self._accept(self._listener))

    async def close(self) -> None:
        """Accept no more connections, and end the existing ones."""
        # No asyncio.Server: closing one just as a connection arrives would lose the connection.
        for tasks in ([self._listening] if self._listening else [], self._serving):
            unfinished = list(tasks)
            for task in unfinished:
                task.cancel()
            await asyncio.gather(*unfinished, return_exceptions=True)
            await asyncio.sleep(0)  # what was accepted just now begins; what was aborted is closed
        if self._listener:
            self._listener.close()

    def set_cut(self, cut: bool) -> None:
        self.is_cut = cut
        if cut:
            self.opened.clear()
        else:
            self.opened.set()

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, _ = await loop.sock_accept(listener)
            except OSError:  # hung up already, or no file descriptors are left
                await asyncio.sleep(0.1)
                continue
            task = asyncio.create_task(self._serve(accepted))
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)

    async def _serve(self, accepted: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=accepted)
        writers = [writer]
        try:
            with _Direction(self, reader) as to_target:
                cut_at_first = self.is_cut
                await self.opened.wait()
                if cut_at_first and to_target.has_ended:
                    return
                try:
                    far_reader, far_writer = await asyncio.open_connection(LOOPBACK, self.target)
                except OSError:  # the broker is down: hang up, as its machine would
                    return
                writers.append(far_writer)
                with _Direction(self, far_reader) as from_target:
                    await asyncio.gather(to_target.give(far_writer), from_target.give(writer))
            for open_writer in writers:
                open_writer.close()
            for open_writer in writers:
                with contextlib.suppress(OSError):
                    await open_writer.wait_closed()  # until what was written has been sent
        except asyncio.CancelledError:
            pass  # the lab ends
        finally:
            for open_writer in writers:
                open_writer.transport.abort()


class _Direction:
    """One direction of a connection: a chunk leaves `delay_s` after it arrived, in order, and never
    while the relay is cut. Delays overlap. Reading begins at once, and ends with the block."""

    def __init__(self, relay: Relay, reader: asyncio.StreamReader) -> None:
        self._relay = relay
        self._reader = reader
        self._held: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=HELD)
        self._clock = asyncio.get_running_loop().time
        self._taking = asyncio.create_task(self._take())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._taking.cancel()

    @property
    def has_ended(self) -> bool:
        """Whether the sender has hung up."""
        return self._taking.done()

    async def _take(self) -> None:
        chunk = b"-"
        while chunk:
            try:
                chunk = await self._reader.read(CHUNK)
            except OSError:
                chunk = b""  # a reset is an end, and ends are held back as well
            await self._held.put((self._clock() + self._relay.delay_s, chunk))

    async def give(self, writer: asyncio.StreamWriter) -> None:
        """Pass everything on, up to the end. If the receiver is gone, the other direction goes on:
        it may still hold something back, and will soon end by itself."""
        with contextlib.suppress(OSError):
            while True:
                due, chunk = await self._held.get()
                if (remaining_s := due - self._clock()) > 0:
                    await asyncio.sleep(remaining_s)
                await self._relay.opened.wait()
                if not chunk:
                    writer.write_eof()
                    return
                writer.write(chunk)
                await writer.drain()


class Relays(Stoppable):
    """All relays of a lab, on one event loop in a thread of their own, so that an interrupted cell
    or a busy notebook does not hold them up. Any thread may call the methods."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._relays: list[Relay] = []
        self._lock = threading.RLock()
        self._stopped = False
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="electionlab relays", daemon=True
        )
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T], within: float = 10.0) -> T:
        """Run a coroutine on the relays' loop and wait for its result. LabError if they have been
        stopped, or if it takes more than `within` seconds."""
        with self._lock:
            try:
                self.require_running()
            except LabError:
                work.close()
                raise
            running = asyncio.run_coroutine_threadsafe(work, self._loop)
            try:
                return wait_for(running, within=within, why=lambda: "the relays did not answer")
            finally:
                running.cancel()  # does nothing if it is done

    def require_running(self) -> None:
        """Raise LabError if they have been stopped."""
        if self._stopped:
            raise LabError(ENDED)

    def open(self, target: int) -> Relay:
        """A new relay to a port on loopback, which already listens on a free port of its own.
        LabError if they have been stopped, or if the system has no port or file descriptor for
        it."""

        async def make() -> Relay:
            relay = Relay(target)
            await relay.listen()
            return relay

        try:
            relay = self.run(make())
        except OSError as error:
            raise LabError(f"A relay to port {target} could not listen: {error}.") from error
        self._relays.append(relay)
        return relay

    def cut(self, relays: list[Relay], cut: bool = True) -> None:
        """Cut relays, or heal them if `cut` is false; done when this returns. LabError if they have
        been stopped."""

        async def set_all() -> None:
            for relay in relays:
                relay.set_cut(cut)

        self.run(set_all())

    def stop(self) -> None:
        """Close all relays and connections, and end the thread. Does nothing if already stopped."""

        async def close_all() -> None:
            await asyncio.gather(*(relay.close() for relay in self._relays))

        with self._lock:
            if self._stopped:
                return
            try:
                self.run(close_all())
            finally:
                self._stopped = True
                self._loop.call_soon_threadsafe(self._loop.stop)
                self._thread.join(5)
                if not self._thread.is_alive():
                    self._loop.close()
