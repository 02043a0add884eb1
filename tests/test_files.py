"""Files that are there whole or not at all, and in the place of nothing but files."""

import os

import pytest

from engine.files import whole


def written(file):
    with whole(file) as partial:
        partial.write_text("new")


def test_a_file_takes_the_place_of_a_file(tmp_path):
    for _ in range(2):
        written(tmp_path / "a")
    assert (tmp_path / "a").read_text() == "new" and len(list(tmp_path.iterdir())) == 1


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
