"""A page from this machine: the tours' manifest and pieces over HTTP, to who knows the token, on loopback unless told.

The standard library serves it: a handful of small files to one or a few people, without a dependency that would have to
be kept up. Every answer is made from names that the page was given, so no path of the disk is ever asked for, but for
the full-size originals, which are found by the number of a point.

A foreign page that a person visits meanwhile cannot read from here: it does not know the token, its Origin is refused,
and a name that was bent to point at this machine (DNS rebinding) is not the Host that the server goes by.
"""

import contextlib
import gzip
import hmac
import json
import re
import secrets
import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..files import why
from ..tour.pixels import shown_as
from ..tour.schema import TourFormatError
from ..tour.story import Story, fitting, to_json
from ..tour.story_saving import save_story
from ..tour.tour import Tour
from .contents import Contents, contents
from .originals import original
from .page import as_fault, as_script, document

CACHED = 64  # pieces that are kept as they are sent
LONGEST = 8 * 2**20  # bytes of saved views that are taken
SCRIPT = "text/javascript; charset=utf-8"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Server(ThreadingHTTPServer):
    """Owns the socket. `address` is where the page is; `serve_forever` and `shutdown` as of its base."""

    daemon_threads = True

    def __init__(
        self, tour: Tour, other: Tour | None = None, *, port: int = 0, host: str = "127.0.0.1", write: bool = False
    ) -> None:
        """port: 0 for any that is free. write: whether saved views that a page sends go into the tour's folder.

        Raises OSError where the port is taken, ValueError where there is no one tour to write into.
        """
        if write and (other is not None or tour.folder is None):
            raise ValueError("views are saved into one tour on disk; leave out the second tour, or --write")
        self.token = secrets.token_urlsafe(24)
        self.tour = tour
        self.stories: list[Story] = [tuple(tour.views)]
        """What the folder held after each edit: a page says from which of them it went on."""
        self.saving = threading.Lock()
        self.write = write
        self.host = host
        self.other = other
        self.publish()
        super().__init__((host, port), _Handler)

    def publish(self) -> None:
        """Make the page of the tour and of the story as it is held now."""
        what = contents(replace(self.tour, views=list(self.stories[-1])), self.other)
        originals = "file" in self.tour.attributes and self.other is None
        manifest = what.manifest | {"originals": originals, "write": self.write, "since": len(self.stories) - 1}
        if self.write:  # with what stands beside a view, which only goes back to where it came from
            for entry, saved in zip(manifest["tours"][0]["views"], to_json(self.stories[-1])["views"], strict=True):
                entry |= saved
        self.document = document(manifest, pieces="data/").encode()
        self.piece = lru_cache(CACHED)(lambda name: _piece(what, name))
        self.published = len(self.stories)

    @property
    def address(self) -> str:
        name = self.host if self.host not in ("0.0.0.0", "::") else "127.0.0.1"
        return f"http://{name}:{self.server_port}/{self.token}/"

    def hosts(self) -> set[str]:
        """What a request may call this server; any name where it was opened to others."""
        return {f"{name}:{self.server_port}" for name in (self.host, "127.0.0.1", "localhost", "[::1]")}

    @property
    def is_open(self) -> bool:
        return self.host not in ("127.0.0.1", "localhost", "::1")


def _piece(what: Contents, name: str) -> tuple[bytes, bytes]:
    """A piece as a script, plain and gzipped. Raises KeyError where there is none of that name."""
    plain = as_script(name, what.pieces[name]()).encode()
    return plain, gzip.compress(plain, compresslevel=1, mtime=0)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "umap-tour", ""

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing of requests: their addresses hold the token."""

    def do_GET(self) -> None:
        path = self.allowed()
        if path is None:
            return
        if path == "":
            with self.server.saving:
                if self.server.published < len(self.server.stories):
                    self.server.publish()
            self.answer(self.server.document, "text/html; charset=utf-8")
        elif match := re.fullmatch(r"data/([a-z0-9-]+)\.js", path):
            try:
                plain, packed = self.server.piece(match[1])
            except KeyError:
                return self.refuse(404, "there is no such piece")
            except (TourFormatError, OSError) as error:  # for the page, which cannot see the text of a script's error
                return self.answer(as_fault(match[1], str(error)).encode(), SCRIPT)
            self.answer(plain, SCRIPT, packed=packed)
        elif match := re.fullmatch(r"original/(\d{1,9})", path):
            self.original(int(match[1]))
        else:
            self.refuse(404, "there is nothing of that name")

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_PUT(self) -> None:
        path = self.allowed()
        if path is None:
            return
        if path != "views" or not self.server.write:
            return self.refuse(403, "views are saved only where the server was started with --write")
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > LONGEST:
            return self.refuse(413, f"saved views are at most {LONGEST // 2**20} MB")
        try:
            held = self.save(json.loads(self.rfile.read(int(length))))
        except (ValueError, RecursionError) as error:
            return self.refuse(400, why(error))
        except OSError as error:
            return self.refuse(507, f"not saved: {error.strerror or error}")
        self.answer(json.dumps(held).encode(), "application/json")

    def save(self, values: Any) -> dict[str, Any]:
        """Write a page's story; returns what the folder holds now, and which edit that is."""
        server = self.server
        story, faults = fitting(values, server.tour)
        if faults:
            raise ValueError(faults[0])
        with server.saving:
            since = values.get("since", len(server.stories) - 1)
            if not isinstance(since, int) or not 0 <= since < len(server.stories):
                raise ValueError("this page is of another run of the server; load it again")
            server.stories.append(save_story(server.tour, story, server.stories[since]))
            return to_json(server.stories[-1]) | {"since": len(server.stories) - 1}

    def allowed(self) -> str | None:
        """What is asked for, below the token; None where it was refused."""
        host, origin = self.headers.get("Host", ""), self.headers.get("Origin")
        if not self.server.is_open and host not in self.server.hosts():
            self.refuse(403, "this server goes by another name")
        elif origin is not None and origin != f"http://{host}":
            self.refuse(403, "a page of another site may not read this")
        else:
            token, slash, rest = urlsplit(self.path).path.removeprefix("/").partition("/")
            if hmac.compare_digest(token.encode("utf-8", "replace"), self.server.token.encode()) and slash:
                return rest
            self.refuse(403, "the token in the address is missing or wrong; take the address that the terminal shows")
        return None

    def original(self, point: int) -> None:
        """The file that a point's image came from, where the tour names one that is an image."""
        attributes = self.server.tour.attributes
        if "file" not in attributes or point >= len(attributes):
            return self.refuse(404, "there is no original of that point")
        limits, ground = shown_as(self.server.tour.how)
        try:
            kind, body = original(Path(str(attributes["file"].iloc[point])), limits=limits, ground=ground)
        except (ValueError, OSError):  # PictureError, NUL in a name, a file that was there a moment ago
            return self.refuse(404, "the original of that point is not there, or is no image")
        self.answer(body, kind)

    def answer(self, body: bytes, kind: str, *, packed: bytes | None = None) -> None:
        """Send a body, or the part of it that was asked for; gzipped where that is wanted whole."""
        status, headers = 200, {"Content-Type": kind, "Accept-Ranges": "bytes"}
        part = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if part and (part[1] or part[2]):
            first = int(part[1]) if part[1] else max(0, len(body) - int(part[2]))
            last = min(int(part[2]), len(body) - 1) if part[1] and part[2] else len(body) - 1
            if first > last:
                return self.refuse(416, f"there are {len(body)} bytes", {"Content-Range": f"bytes */{len(body)}"})
            status, headers["Content-Range"] = 206, f"bytes {first}-{last}/{len(body)}"
            body = body[first : last + 1]
        elif packed is not None and "gzip" in self.headers.get("Accept-Encoding", ""):
            body, headers["Content-Encoding"], headers["Vary"] = packed, "gzip", "Accept-Encoding"
        self.send(status, headers, body)

    def refuse(self, status: int, why: str, headers: dict[str, str] | None = None) -> None:
        self.close_connection = True
        text = f"umap-tour: {why}\n".encode()
        self.send(status, {"Content-Type": "text/plain; charset=utf-8", "Connection": "close", **(headers or {})}, text)

    def send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        with contextlib.suppress(ConnectionError):  # a page that was closed meanwhile
            self.send_response(status)
            for name, value in {**HEADERS, **headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)


def advice(server: Server) -> Sequence[str]:
    """What the terminal says: where the page is, and how to reach it from elsewhere."""
    port = server.server_port
    lines = [f"The tour is at {server.address}"]
    if not server.is_open:
        lines += [
            "From another machine, forward the port over ssh and open the same address there:",
            f"    ssh -L {port}:127.0.0.1:{port} THIS_MACHINE",
        ]
    return [*lines, "Ctrl+C ends it."]
