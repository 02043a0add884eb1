"""Requests that no browser sends, over bare sockets: each is answered or ended, and the server goes on."""

import os
import socket
import struct
import threading
import time
from contextlib import suppress
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from engine.web import connections, originals
from engine.web.pieces import Pieces


def connected(server):
    return socket.create_connection(("127.0.0.1", server.server_port), timeout=20)


def head(server, path="", *lines, method="GET"):
    text = [f"{method} /{server.token}/{path} HTTP/1.1", f"Host: 127.0.0.1:{server.server_port}", *lines]
    return "\r\n".join([*text, "Connection: close", "", ""]).encode("latin-1")


def said(connection):
    """Everything until the server ends the connection."""
    with connection:
        return b"".join(iter(lambda: connection.recv(65536), b""))


def answer(server, request):
    connection = connected(server)
    connection.sendall(request)
    return said(connection)


DIGITS = "9" * 5000
REQUESTS = {
    "a range of 5,000 digits": (("data/a-layer-000.js", f"Range: bytes={DIGITS}-"), {}, b"200 OK"),
    "the last 5,000 digits": (("data/a-layer-000.js", f"Range: bytes=-{DIGITS}"), {}, b"200 OK"),
    "5,000 ranges": (("data/a-layer-000.js", "Range: bytes=" + ",".join(["0-0"] * 5000)), {}, b"200 OK"),
    "a length in another script": (("views", "Content-Length: \xb2"), {"method": "PUT"}, b"413 "),
    "a length of 5,000 digits": (("views", f"Content-Length: {DIGITS}"), {"method": "PUT"}, b"413 "),
    "a length below 0": (("views", "Content-Length: -1"), {"method": "PUT"}, b"413 "),
    "no length": (("views", "Transfer-Encoding: chunked"), {"method": "PUT"}, b"413 "),
    "headers without end": (("", *(f"X-{k}: {'a' * 1000}" for k in range(50))), {}, b"431 "),
    "another method": (("",), {"method": "POST"}, b"501 "),
}


@pytest.mark.parametrize("request_", REQUESTS)
def test_odd_requests_are_answered(start, tour, request_, caplog):
    words, options, status = REQUESTS[request_]
    server = start(tour, write=True)
    got = answer(server, head(server, *words, **options))
    assert got.startswith(b"HTTP/1.1 " + status) and b"Content-Security-Policy" in got
    assert not caplog.records


@pytest.mark.parametrize(
    "line", [b"GET http://[ HTTP/1.1", b"GET / HTTP/9.9", b"\xff\xfe\x00", b"PRI * HTTP/2.0", b"x" * 70_000]
)
def test_what_is_no_request_is_told_so(start, tour, line):
    server = start(tour)
    host = f"Host: 127.0.0.1:{server.server_port}".encode()
    got = answer(server, line + b"\r\n" + host + b"\r\n\r\n")
    assert b"umap-tour: " in got and b"Traceback" not in got
    assert answer(server, head(server)).startswith(b"HTTP/1.1 200 OK")


def test_connections_that_break_off_are_no_news(start, tour, capfd):
    server = start(tour)
    for request in (b"GET / HT", head(server, "data/a-layer-000.js")):
        for _ in range(20):
            with connected(server) as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # by a reset
                connection.sendall(request)
    assert answer(server, head(server)).startswith(b"HTTP/1.1 200 OK")
    assert capfd.readouterr() == ("", "")


def test_a_request_that_does_not_come_is_not_waited_for(start, tour, monkeypatch):
    """Neither its head, a letter at a time, nor its body."""
    monkeypatch.setattr(connections, "PATIENCE", 0.2)
    server = start(tour, write=True)
    for begun in (b"GET /", head(server, "views", "Content-Length: 100", method="PUT") + b"{"):
        with connected(server) as connection:
            connection.sendall(begun)
            ended = threading.Event()

            def drip(connection=connection, ended=ended):
                while not ended.is_set():
                    try:
                        connection.sendall(b"a")
                    except OSError:
                        return
                    time.sleep(0.05)

            thread = threading.Thread(target=drip)
            thread.start()
            with suppress(ConnectionError):
                said(connection)  # which fails after 20 s
            ended.set()
            thread.join()


def test_of_too_many_connections_the_one_that_has_waited_longest_goes(start, tour, monkeypatch):
    monkeypatch.setattr(connections, "CONNECTIONS", 3)
    server = start(tour)
    idle = [connected(server) for _ in range(12)]
    for _ in range(3):
        assert answer(server, head(server)).startswith(b"HTTP/1.1 200 OK")
    assert idle[0].recv(1) == b""
    for connection in idle:
        connection.close()


def test_a_connection_waits_before_its_thread_runs(start, tour, monkeypatch):
    """Or, where threads are slow to start, nobody would seem to have waited, and who comes next would be refused."""
    monkeypatch.setattr(connections, "CONNECTIONS", 1)
    server = start(tour)
    slow = connections.ThreadingHTTPServer.process_request_thread

    def late(*arguments):
        time.sleep(0.3)
        slow(*arguments)

    monkeypatch.setattr(connections.ThreadingHTTPServer, "process_request_thread", late)
    idle = connected(server)
    assert answer(server, head(server)).startswith(b"HTTP/1.1 200 OK")
    assert idle.recv(1) == b""
    idle.close()


def test_many_at_once_make_a_piece_once(monkeypatch):
    made = []

    make = {name: lambda name=name: made.append(name) or name.encode() for name in "ab"}
    pieces = Pieces(SimpleNamespace(pieces=make))
    threads = [threading.Thread(target=pieces.get, args=["a"]) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == ["a"]
    monkeypatch.setattr("engine.web.pieces.KEPT", 10)
    pieces.get("b"), pieces.get("b"), pieces.get("a")
    assert made == ["a", "b", "a"]
    with pytest.raises(KeyError):
        pieces.get("c")


def test_an_original_with_gigabytes_behind_its_pixels_is_sent_without_them(start, tour, tmp_path):
    picture = Image.fromarray(np.arange(12, dtype=np.uint8).reshape(2, 2, 3))
    picture.save(tmp_path / "a.png")
    os.truncate(tmp_path / "a.png", 8 * 2**30)
    os.mkfifo(tmp_path / "pipe.png")
    tour.attributes["file"] = [str(tmp_path / name) for name in ("a.png", "pipe.png")] * (tour.n // 2)
    server = start(tour)
    got = answer(server, head(server, "original/0"))
    assert got.startswith(b"HTTP/1.1 200 OK") and len(got) < 2000 and originals.AS_IT_IS < 2**30
    assert answer(server, head(server, "original/1")).startswith(b"HTTP/1.1 404 ")


def test_a_page_that_knows_only_long_ago_has_to_be_loaded_again(start, tour, monkeypatch):
    monkeypatch.setattr("engine.web.serve.EDITS", 3)
    server = start(tour, write=True)

    def put(text):
        return answer(server, head(server, "views", f"Content-Length: {len(text)}", method="PUT") + text.encode())

    for _ in range(4):
        assert put('{"version": 1, "views": []}').startswith(b"HTTP/1.1 200 OK")
    assert len(server.stories) == 3
    assert put('{"version": 1, "views": [], "since": 3}').startswith(b"HTTP/1.1 200 OK")
    for since in (0, "true", "1e400", "[]"):
        assert b"load it again" in put(f'{{"version": 1, "views": [], "since": {since}}}')
    for lists in ("[" + "{}," * 400_000 + "{}]", "[" * 400_000):
        assert b"400 Bad Request" in (got := put(lists)) and b"more than this engine writes" in got


def test_what_nobody_foresaw_costs_one_answer(start, tour, monkeypatch, caplog):
    server = start(tour)
    monkeypatch.setattr(server.pieces, "get", lambda name: 1 / 0)
    got = answer(server, head(server, "data/a-layer-000.js"))
    assert got.startswith(b"HTTP/1.1 500 ") and b"division by zero" in got and "division by zero" in caplog.text
    assert answer(server, head(server)).startswith(b"HTTP/1.1 200 OK")
