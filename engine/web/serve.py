"""A page from this machine: the tours' manifest and pieces over HTTP, to who knows the token, on loopback unless told.

The standard library serves it: a handful of small files to one or a few people, without a dependency that would have to
be kept up. Every answer is made from names that the page was given, so no path of the disk is ever asked for, but for
the full-size originals, which are found by the number of a point.

A foreign page that a person visits meanwhile cannot read from here: it does not know the token, its Origin is refused,
and a name that was bent to point at this machine (DNS rebinding) is not the Host that the server goes by.
"""

import hmac
import io
import json
import re
import secrets
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..files import why
from ..tour.json_files import views_in
from ..tour.pixels import shown_as
from ..tour.schema import TourFormatError
from ..tour.story import Story, bytes_at_most, fitting, to_json
from ..tour.story_saving import save_story
from ..tour.tour import Tour
from .connections import BoundedHandler, BoundedServer
from .contents import contents
from .originals import original
from .page import as_fault, document, packed
from .pieces import Pieces

LONGEST = 8 * 2**20  # bytes of saved views that are taken
EDITS = 50  # of the story, after which a page that knows only what was before them has to be loaded again
SCRIPT = "text/javascript; charset=utf-8"


class Server(BoundedServer):
    """Owns the socket. `address` is where the page is; `serve_forever` and `shutdown` as of its base."""

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
        self.stories: dict[int, Story] = {0: tuple(tour.views)}
        """What the folder held after each of the last edits: a page says from which of them it went on."""
        self.saving, self.decoding = threading.Lock(), threading.Lock()
        self.write = write
        self.host = host
        self.other = other
        self.publish()
        super().__init__((host, port), _Handler)

    @property
    def edit(self) -> int:
        """The number of the last edit."""
        return max(self.stories)

    def publish(self) -> None:
        """Make the page of the tour and of the story as it is held now."""
        story = self.stories[self.edit]
        what = contents(replace(self.tour, views=list(story)), self.other)
        originals = "file" in self.tour.attributes and self.other is None
        manifest = what.manifest | {"originals": originals, "write": self.write, "since": self.edit}
        if self.write:  # with what stands beside a view, which only goes back to where it came from
            for entry, saved in zip(manifest["tours"][0]["views"], to_json(story)["views"], strict=True):
                entry |= saved
        self.document = document(manifest, pieces="data/").encode()
        self.packed = packed(self.document)
        self.pieces = Pieces(what)
        self.published = self.edit

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


class _Handler(BoundedHandler):
    server: Server

    def get(self) -> None:
        path = self.allowed()
        if path is None:
            return
        if path == "":
            with self.server.saving:
                if self.server.published < self.server.edit:
                    self.server.publish()
            self.answer(self.server.document, "text/html; charset=utf-8", packed=self.server.packed)
        elif match := re.fullmatch(r"data/([a-z0-9-]+)\.js", path):
            try:
                plain, packed = self.server.pieces.get(match[1])
            except KeyError:
                return self.refuse(404, "there is no such piece")
            except (TourFormatError, OSError) as error:  # for the page, which cannot see the text of a script's error
                return self.answer(as_fault(match[1], str(error)).encode(), SCRIPT)
            self.answer(plain, SCRIPT, packed=packed)
        elif match := re.fullmatch(r"original/(\d{1,9})", path):
            self.original(int(match[1]))
        else:
            self.refuse(404, "there is nothing of that name")

    def put(self) -> None:
        path = self.allowed()
        if path is None:
            return
        if path != "views" or not self.server.write:
            return self.refuse(403, "views are saved only where the server was started with --write")
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch("[0-9]{1,18}", length) or int(length) > LONGEST:
            return self.refuse(413, f"saved views are at most {LONGEST // 2**20} MB, and their length is given")
        try:
            held = self.save(views_in(io.BytesIO(self.body(int(length))), limit=bytes_at_most(self.server.tour)))
        except ValueError as error:
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
            since = values.get("since", server.edit)
            if type(since) is not int or since not in server.stories:
                raise ValueError("this page is of another run of the server, or of long ago; load it again")
            held = save_story(server.tour, story, server.stories[since])
            server.stories[server.edit + 1] = held
            if len(server.stories) > EDITS:
                del server.stories[min(server.stories)]
            return to_json(held) | {"since": server.edit}

    def allowed(self) -> str | None:
        """What is asked for, below the token; None where it was refused."""
        host, origin = self.headers.get("Host", ""), self.headers.get("Origin")
        if not self.server.is_open and host not in self.server.hosts():
            self.refuse(403, "this server goes by another name")
        elif origin is not None and origin != f"http://{host}":
            self.refuse(403, "a page of another site may not read this")
        else:
            try:
                path = urlsplit(self.path).path
            except ValueError:  # half an address of version 6
                self.refuse(400, "that is no address")
                return None
            token, slash, rest = path.removeprefix("/").partition("/")
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
            with self.server.decoding:  # one at a time: it may take half a gigabyte
                kind, body = original(Path(str(attributes["file"].iloc[point])), limits=limits, ground=ground)
        except (ValueError, OSError):  # PictureError, NUL in a name, a file that was there a moment ago
            return self.refuse(404, "the original of that point is not there, or is no image")
        self.answer(body, kind)

    def answer(self, body: bytes, kind: str, *, packed: bytes | None = None) -> None:
        """Send a body, or the part of it that was asked for; gzipped where that is wanted whole."""
        status, headers = 200, {"Content-Type": kind, "Accept-Ranges": "bytes"}
        part = re.fullmatch("bytes=([0-9]{0,18})-([0-9]{0,18})", self.headers.get("Range", ""))
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
