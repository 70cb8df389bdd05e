"""A worker's own way to the broker, which can be cut, healed and made slow.

A relay listens on a port of its own and passes on, in both directions, what it is sent. Each worker
of a lab reaches each broker through one relay, so its network can be broken without touching
anybody else's, and without being root.

A cut holds everything back, silently: bytes, new connections and ends of connections. That is what
a broken cable or a firewall that drops packets does; nobody is told. When it is healed, what was
held back arrives, as packets that are sent again would.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from electionlab.blocks import Stoppable
from electionlab.errors import LabError
from electionlab.ports import LOOPBACK

T = TypeVar("T")
CHUNK = 64 * 1024  # bytes that one direction of a connection holds back itself; TCP holds the rest


class Relay:
    """One relay: from `port` on loopback to `target` there. Made by `Relays.open`."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.delay_s = 0.0
        self.is_cut = False
        self.passed = 0  # bytes, both directions
        self._open: asyncio.Event = asyncio.Event()
        self._open.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, LOOPBACK, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def set_cut(self, cut: bool) -> None:
        self.is_cut = cut
        if cut:
            self._open.clear()
        else:
            self._open.set()

    async def close(self) -> None:
        if self._server:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            await self._open.wait()  # a connection made while cut reaches nobody
            try:
                far_reader, far_writer = await asyncio.open_connection(LOOPBACK, self.target)
            except OSError:  # the broker is down: it hangs up, as the broker's machine would
                return
            with contextlib.closing(far_writer):
                await asyncio.gather(
                    self._pass_on(reader, far_writer), self._pass_on(far_reader, writer)
                )
        except (asyncio.CancelledError, OSError):
            pass  # the lab ends, or one side has hung up: then the other side is hung up too
        finally:
            writer.close()
            self._tasks.discard(task)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One direction. Each chunk leaves `delay_s` after it came, in order; delays overlap."""
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=64)
        clock = asyncio.get_running_loop().time

        async def take() -> None:
            while True:
                try:
                    chunk = await reader.read(CHUNK)
                except OSError:
                    chunk = b""  # a reset is an end, and ends are held back as well
                await waiting.put((clock() + self.delay_s, chunk))
                if not chunk:
                    return

        async def give() -> None:
            while True:
                due, chunk = await waiting.get()
                if (left := due - clock()) > 0:
                    await asyncio.sleep(left)
                await self._open.wait()
                if not chunk:
                    with contextlib.suppress(OSError):
                        writer.write_eof()
                    return
                writer.write(chunk)
                self.passed += len(chunk)
                await writer.drain()

        taking = asyncio.create_task(take())
        try:
            await give()
        finally:
            taking.cancel()


class Relays(Stoppable):
    """All relays of a lab, on one event loop in a thread of their own: an interrupted cell or a
    busy notebook does not hold them up."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._relays: list[Relay] = []
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="electionlab relays", daemon=True
        )
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T], within: float = 10.0) -> T:
        """Run a coroutine on the relays' loop and wait for its result."""
        if not self._thread.is_alive():
            work.close()
            raise LabError("The relays have been stopped: this lab has ended. Start a new one.")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(within)

    def open(self, target: int) -> Relay:
        """A new relay to a port on loopback; its own port is free and listens at once."""

        async def make() -> Relay:
            relay = Relay(target)
            await relay.listen()
            return relay

        relay = self.run(make())
        self._relays.append(relay)
        return relay

    def cut(self, relays: list[Relay], cut: bool = True) -> None:
        """Cut relays, or heal them; done when this returns."""

        async def set_all() -> None:
            for relay in relays:
                await relay.set_cut(cut)

        self.run(set_all())

    def stop(self) -> None:
        """Close all relays and connections. Stopped already is fine."""
        if not self._thread.is_alive():
            return

        async def close_all() -> None:
            await asyncio.gather(*(relay.close() for relay in self._relays))

        self.run(close_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()
