"""Files that are there whole or not at all, and in the place of nothing but files."""

import os

import pytest

from engine.files import opened, whole


def written(file):
    with whole(file) as partial:
        partial.write_text("new")


def test_a_file_takes_the_place_of_a_file(tmp_path):
    for _ in range(2):
        written(tmp_path / "a")
    assert (tmp_path / "a").read_text() == "new" and len(list(tmp_path.iterdir())) == 1


def test_others_may_do_with_it_what_they_might_with_what_was_there(tmp_path):
    file = tmp_path / "a"
    before = os.umask(0o022)
    try:
        written(file)
        assert file.stat().st_mode & 0o777 == 0o644
        for mode, kept in ((0o600, 0o600), (0o640, 0o640), (0o666, 0o666), (0o444, 0o644), (0o000, 0o600)):
            file.chmod(mode)
            written(file)
            assert file.stat().st_mode & 0o777 == kept
    finally:
        os.umask(before)


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (os.mkfifo, "is a pipe, not a regular file"),
        (os.mkdir, "is a folder, not a regular file"),
        (lambda file: file.symlink_to("/dev/null"), "is a device, not a regular file"),
        (lambda file: file.symlink_to(file), "symbolic links"),
    ],
)
def test_what_is_no_file_stays(tmp_path, make, complaint):
    """A picture written to /dev/null by an administrator would be the end of that device."""
    make(tmp_path / "a")
    before = os.lstat(tmp_path / "a")
    with pytest.raises(OSError, match=complaint):
        written(tmp_path / "a")
    assert os.lstat(tmp_path / "a") == before and len(list(tmp_path.iterdir())) == 1


def test_what_the_disk_refuses_is_said_of_the_file(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        written(tmp_path / "none" / "a")
    assert str(caught.value.filename) == str(tmp_path / "none" / "a")


@pytest.mark.parametrize("piece", [100, 7, 1])
@pytest.mark.parametrize("at_once", [0, 9, 10, 100])
def test_a_file_is_read_whole_whether_at_once_or_not(tmp_path, monkeypatch, at_once, piece):
    """Some file systems hand out less at a time than is asked for."""
    (tmp_path / "a").write_bytes(b"0123456789")
    read = os.read
    monkeypatch.setattr(os, "read", lambda file, size: read(file, min(size, piece)))
    with opened(tmp_path / "a", at_once=at_once) as stream:
        assert stream.read(16) == b"0123456789" and stream.seek(3) == 3 and stream.read() == b"3456789"
    (tmp_path / "a").write_bytes(b"")
    with opened(tmp_path / "a", at_once=at_once) as stream:
        assert stream.read() == b""
