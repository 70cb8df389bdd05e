"""A site whose answers are given byte for byte, whatever they say of themselves."""

from __future__ import annotations

import contextlib
import socketserver
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping

from electionlab.crawler import pages
from electionlab.host.ports import LOOPBACK

Pages = Mapping[str, bytes | Callable[[], Iterable[bytes]]]
"""What stands under each path: an answer, or what makes its pieces."""


def answer(
    body: bytes = b"", status: str = "200 OK", kind: str = "text/html", **headers: str
) -> bytes:
    """An HTTP answer. `Content_Encoding="gzip"` is a header."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + body


def redirect(to: str) -> bytes:
    return answer(status="302 Found", Location=to)


def bomb(megabytes: int) -> bytes:
    """What unpacks to so many megabytes, and is a thousandth as long."""
    return answer(pages.bomb(megabytes), Content_Encoding="deflate")


def endless(piece: bytes) -> Callable[[], Iterator[bytes]]:
    """An answer of 500 MB, without a length."""

    def pieces() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
        for _ in range(500_000_000 // len(piece)):
            yield piece

    return pieces


class _Handler(socketserver.StreamRequestHandler):
    pages: Pages

    def handle(self) -> None:
        path = self.rfile.readline().split(b" ")[1].decode("latin-1")
        while self.rfile.readline().strip():
            pass
        given = self.pages.get(path, answer(status="404 Not Found"))
        with contextlib.suppress(OSError):  # the crawler has seen enough
            for piece in [given] if isinstance(given, bytes) else given():
                self.wfile.write(piece)


@contextlib.contextmanager
def served(pages: Pages) -> Iterator[str]:
    """The address of a site with these pages."""
    handler = type("Handler", (_Handler,), {"pages": pages})
    with socketserver.ThreadingTCPServer((LOOPBACK, 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://{LOOPBACK}:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
