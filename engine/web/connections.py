"""HTTP connections of strangers, bounded: how many, how long a request may take to come, how large its head may be.

The standard library's server waits for ever for a request that comes a letter at a time, takes as many of them as
there are, and writes a traceback where one breaks off.
"""

import contextlib
import http
import http.client
import logging
import socket
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from typing import Any, cast

from ..files import printable, why

CONNECTIONS = 128  # at once; a browser has six
PATIENCE = 30.0  # seconds until a request is there whole, or a part of an answer is taken
HEAD = 32 * 2**10  # bytes of a request's head; a browser's have one or two thousand
PART = 2**18  # bytes of an answer at a time: a slow line may take long for all of it, but not for nothing

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

log = logging.getLogger("engine")


class BoundedServer(ThreadingHTTPServer):
    """Owns the socket and who waits at it. The handler is a BoundedHandler."""

    daemon_threads = True
    request_queue_size = CONNECTIONS

    def __init__(self, address: tuple[str, int], handler: "type[BoundedHandler]") -> None:
        self._open: set[socket.socket] = set()
        self._waiting: dict[socket.socket, float] = {}
        self._counting = threading.Lock()
        super().__init__(address, handler)

    def waits(self, connection: socket.socket) -> None:
        """From now on a connection owes us something, and may be ended where it does not come."""
        with self._counting:
            self._waiting.pop(connection, None)  # so that those that wait longest come first
            self._waiting[connection] = time.monotonic()

    def waits_no_more(self, connection: socket.socket) -> None:
        with self._counting:
            self._waiting.pop(connection, None)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Take a connection; where there are too many, in the place of the one that has kept us waiting longest."""
        with self._counting:
            full, oldest = len(self._open) >= CONNECTIONS, next(iter(self._waiting), None)
            taken = not full or oldest is not None
            if full and oldest is not None:
                del self._waiting[oldest]
                self._open.discard(oldest)  # now, not when its thread finds out: others would have to go for it
                _end(oldest)
            if taken:
                self._open.add(request)
                self._waiting[request] = time.monotonic()  # before its thread runs: nobody might seem to wait
        if taken:
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def service_actions(self) -> None:
        """Twice a second: end connections whose request does not come."""
        with self._counting:
            now = time.monotonic()
            for connection, since in self._waiting.items():
                if now - since > PATIENCE:
                    _end(connection)

    def shutdown_request(self, request: Any) -> None:
        with self._counting:
            self._open.discard(request)
            self._waiting.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke off, before or after a request: nobody is there to be told."""
        log.debug("a connection broke off", exc_info=True)


def _end(connection: socket.socket) -> None:
    """Have whoever reads from a connection find its end."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


class BoundedHandler(BaseHTTPRequestHandler):
    """Reads requests of bounded size, and has `get` and `put` answer them."""

    server: BoundedServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "umap-tour", ""
    timeout = PATIENCE

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing of requests: their addresses hold the token."""

    def handle_one_request(self) -> None:
        self.server.waits(self.connection)
        super().handle_one_request()

    def parse_request(self) -> bool:
        stream = self.rfile
        self.rfile = cast("Any", _Head(stream))
        try:
            return super().parse_request()
        finally:
            self.rfile = stream
            self.server.waits_no_more(self.connection)

    def get(self) -> None:
        """Answer GET and HEAD, which has no body."""
        raise NotImplementedError

    def put(self) -> None:
        """Answer PUT."""
        raise NotImplementedError

    def do_GET(self) -> None:
        self._answer(self.get)

    def do_HEAD(self) -> None:
        self._answer(self.get)

    def do_PUT(self) -> None:
        self._answer(self.put)

    def _answer(self, method: Callable[[], None]) -> None:
        """Answer a request; an unforeseen error becomes an answer that says so, and a line in the log."""
        try:
            method()
        except (ConnectionError, TimeoutError):  # who asked is gone
            raise
        except Exception as error:
            log.warning("a request could not be answered: %s", why(error))
            log.debug("because of", exc_info=True)
            self.refuse(500, f"this could not be answered ({why(error)})")

    def body(self, size: int) -> bytes:
        """The bytes that follow a request's head."""
        self.server.waits(self.connection)
        try:
            return self.rfile.read(size)
        finally:
            self.server.waits_no_more(self.connection)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the standard library finds wrong with a request."""
        self.refuse(code, printable(message or http.HTTPStatus(code).phrase)[:200])

    def refuse(self, status: int, fault: str, headers: dict[str, str] | None = None) -> None:
        """Answer with a line that says why not, and end the connection."""
        self.close_connection = True
        text = f"umap-tour: {fault}\n".encode()
        self.send(status, {"Content-Type": "text/plain; charset=utf-8", "Connection": "close", **(headers or {})}, text)

    def send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """An answer, a part at a time."""
        with contextlib.suppress(ConnectionError):  # a page that was closed meanwhile
            self.send_response(status)
            for name, value in {**HEADERS, **headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            for start in range(0, len(body) if self.command != "HEAD" else 0, PART):
                self.wfile.write(body[start : start + PART])


class _Head:
    """The lines of a request's head, until there are too many bytes of them."""

    def __init__(self, stream: BufferedIOBase) -> None:
        self._stream = stream
        self._left = HEAD

    def readline(self, size: int) -> bytes:
        line = self._stream.readline(min(size, self._left + 1))
        self._left -= len(line)
        if self._left < 0:
            raise http.client.LineTooLong("head")
        return line
