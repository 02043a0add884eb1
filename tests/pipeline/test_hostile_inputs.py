"""Tables, arrays, shards and folders that somebody spoiled: read as far as they go, or refused in one line."""

import io
import json
import os
import socket
import tarfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from PIL import Image

from engine.pipeline.inputs import table_files
from engine.pipeline.inputs.decoding import PLAIN
from engine.pipeline.inputs.images import BrokenImageError
from engine.pipeline.sources import pictures


@pytest.fixture
def here(tmp_path, monkeypatch, rng):
    """A folder with six pictures."""
    monkeypatch.chdir(tmp_path)
    for k in range(6):
        Image.fromarray(rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)).save(f"{k}.png")
    return tmp_path


def lines(*values):
    return "\n".join(json.dumps({"file": f"{k}.png", **each}) for k, each in enumerate(values))


TEXTS = {
    "100,000 columns.csv": (",".join(f"c{k}" for k in range(100_000)), "99,999 columns"),
    "a row of 20,000 values.csv": ("file,label\n0.png" + "," * 20_000, "20,000 columns"),
    "a column twice.csv": ("file,a,a\n0.png,1,2", "names the column 'a' twice"),
    "zeros.csv": ("\0" * 5000, "is no text"),
    "keys by the thousand.jsonl": (lines(*({f"k{k}": 1 for k in range(6000 * r, 6000 * r + 6000)} for r in range(2))),
                                   "has 12,001 columns"),
    "deep.jsonl": ("[" * 100_000, "line 1: is no JSON"),
    "half a letter.jsonl": ('{"file": "\\ud8000.png"}', "is no file"),
}  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
def test_tables_that_are_refused(here, name):
    text, complaint = TEXTS[name]
    (here / name).write_text(text)
    with pytest.raises(ValueError, match=complaint) as caught:
        pictures(name, PLAIN)
    assert name in str(caught.value) and "\n" not in str(caught.value) and not isinstance(caught.value, UnicodeError)
    with pytest.raises(ValueError, match="none of its columns" if "is no file" in complaint else complaint):
        pictures(".", PLAIN, attributes=name)


def test_lines_without_end(here, monkeypatch):
    monkeypatch.setattr(table_files, "EMPTY", 100)
    (here / "a.csv").write_text("file,label\n" + "\n" * 200 + "0.png,1")
    with pytest.raises(ValueError, match="more than 100 empty lines"):
        pictures("a.csv", PLAIN)
    monkeypatch.setattr(table_files, "SPARSE", 100)
    (here / "a.jsonl").write_text(lines(*({f"k{k}": 1} for k in range(60))))
    with pytest.raises(ValueError, match=r"line \d+: most lines name other keys"):
        pictures("a.jsonl", PLAIN)
    monkeypatch.setattr(table_files, "LARGEST", 100)
    with pytest.raises(ValueError, match="of text; save it as"):
        pictures("a.jsonl", PLAIN)


def test_values_that_no_table_holds(here):
    """Halves of letters, whole numbers of any length, and what JSON has beside text and numbers."""
    values = [10**300, {"a": 1}, [1, [2]], None, "\ud800", 5]
    (here / "a.jsonl").write_text(lines(*({"any": each, "\udfff": "\ud800", "label": "\ud800"} for each in values)))
    images = pictures("a.jsonl", PLAIN)
    table = pd.DataFrame({**images.columns, "label": images.labels})
    table.to_parquet(here / "a.parquet")
    assert list(table["any"]) == [str(10**300), '{"a": 1}', "1 [2]", "", "?", "5"] and list(table.columns)[2] == "?"


def in_all_rows(text, n):
    """As a parquet file holds it: once. Writing it from so many texts takes a second."""
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), [text])


PARQUETS = {
    "a column twice": (lambda: pa.Table.from_arrays([pa.array(["0.png"])] * 2, names=["a", "a"]), "the same name"),
    "one text in all rows": (
        lambda: pa.table({"file": ["0.png"] * 9000, "a": in_all_rows("x" * 20_000, 9000)}), "bytes of text"),
    "rows beyond all": (lambda: pa.table({"a": pa.nulls(60_000_000, pa.bool_())}), "60,000,000 rows"),
    "no rows": (lambda: pa.table({"file": pa.array([], pa.string())}), "has no rows"),
}  # fmt: skip


@pytest.mark.parametrize("fault", PARQUETS)
def test_parquet_tables_that_are_refused(here, fault):
    make, complaint = PARQUETS[fault]
    parquet.write_table(make(), here / "a.parquet", store_schema=False)
    with pytest.raises(ValueError, match=complaint):
        pictures("a.parquet", PLAIN)


def test_what_a_parquet_file_holds_once_is_in_memory_once(here):
    """Classes of paths, and a picture that stands there for many rows."""
    pd.DataFrame({"file": pd.Categorical(["0.png", "1.png"] * 3), "label": pd.Categorical(list("ababab"))}).to_parquet(
        here / "a.parquet"
    )
    images = pictures("a.parquet", PLAIN)
    assert images.n == 6 and list(images.labels) == list("ababab") and images.read(5)[0].size == (8, 8)
    picture = (here / "0.png").read_bytes() + bytes(2**18)  # 75 MB of the same
    for column in (pa.array([picture] * 300), pa.array([{"bytes": picture, "path": None}] * 300)):
        parquet.write_table(pa.table({"image": column}), here / "b.parquet")
        before = pa.total_allocated_bytes()
        images = pictures("b.parquet", PLAIN)
        assert images.read(299)[0].size == (8, 8) and pa.total_allocated_bytes() - before < 20 * 2**20


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet", "a.npy"])
def test_pipes_and_devices_are_not_waited_for(here, name):
    os.mkfifo(here / name)
    with pytest.raises(OSError, match="is a pipe, not a regular file"):
        pictures(name, PLAIN)
    (here / name).unlink()
    (here / name).symlink_to("/dev/zero")
    with pytest.raises(OSError, match="is a device, not a regular file"):
        pictures(name, PLAIN)


def header(shape, kind="|u1"):
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + (len(text) + 1).to_bytes(2, "little") + text + b"\n" + bytes(5000)


@pytest.mark.parametrize(
    "data",
    [header("(-1, 8, 8)"), header(f"({2**63 - 1}, 8, 8)"), header("(True, 8, 8)"), header("(3, 8, 8)", "|O"),
     header("("), header("(99999, 8, 8)"), b"\x93NUMPY\x02\x00\xff\xff\xff\x7f", b"\x93NUM", b"", b"\x80\x04K\x01."],
)  # fmt: skip
def test_arrays_that_are_refused(here, data, recwarn):
    (here / "a.npy").write_bytes(data)
    with pytest.raises(ValueError, match=r"a\.npy: no readable \.npy file") as caught:
        pictures("a.npy", PLAIN)
    assert "allow_pickle" not in str(caught.value) and not recwarn.list


def tar(*members):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def test_shards_that_are_refused(here):
    long = tarfile.TarInfo("././@LongLink")
    long.type, long.size = tarfile.GNUTYPE_LONGNAME, 5
    chain = (long.tobuf(tarfile.GNU_FORMAT) + b"abcde" + bytes(507)) * 3000
    members: list[tuple[str, bytes]] = []
    for k in range(300):
        members += [(f"{k}.png", b""), (f"{k}.json", json.dumps({f"{k}-{c}": 1 for c in range(50)}).encode())]
    for data, complaint in (
        (chain, "no tar file"),
        (tar(("a.png", b""), ("a.json", b"[" * 100_000)), "no readable JSON"),
        (tar(*members), "15,000 columns"),
    ):
        (here / "a.tar").write_bytes(data)
        with pytest.raises(ValueError, match=complaint):
            pictures("a.tar", PLAIN)


def test_a_member_of_gigabytes_is_not_read(here):
    info = tarfile.TarInfo("a.png")
    info.size = 20 * 2**30
    (here / "a.tar").write_bytes(info.tobuf(tarfile.GNU_FORMAT))
    os.truncate(here / "a.tar", 512 + info.size + 1024)
    images = pictures("a.tar", PLAIN)
    with pytest.raises(BrokenImageError, match="no image that Pillow can read"):
        images.read(0)


def test_a_folder_with_everything_that_is_no_picture(here):
    """Links that lead round, pipes, devices, sockets, names that steer a terminal: left out one by one, or read."""
    os.mkfifo("pipe.png")
    for name, target in (("round.png", "round.png"), ("self", "."), ("zero.png", "/dev/zero"), ("gone.png", "nowhere")):
        os.symlink(target, name)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.png")
    os.mkdir("folder.png")
    names = ["a\nb.png", "\x1b[2J.png", "\u202egnp.png", "x" * 251 + ".png", "-rf.png", "%s{0}.png"]
    for name in [os.fsencode(each) for each in names] + [b"\xff\xfe.png"]:
        os.link("0.png", name)
    images = pictures(".", PLAIN)
    read, broken = 0, []
    for i in range(images.n):
        try:
            images.read(i)
            read += 1
        except BrokenImageError as error:
            broken.append(str(error).rpartition("/")[2])
    assert read == 6 + 7 and sorted(each.partition(":")[0] for each in broken) == [
        "gone.png", "pipe.png", "round.png", "socket.png", "zero.png"
    ]  # fmt: skip
    pd.DataFrame(images.columns).to_parquet(here / "table.parquet")
