"""Rights that are lost in the middle: an ordinary user's save says so, leaves what was there, and works again later."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

import engine
import forked

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="to become an ordinary user takes root")
NOBODY = 65534

SAVE = """
import os, sys, engine
from dataclasses import replace
from engine.tour import writing
os.setuid(65534)
parent = os.path.dirname(sys.argv[1])
write = writing._write_sprites
def and_lose_the_right(*words):
    os.chmod(parent, 0o500)
    return write(*words)
writing._write_sprites = and_lose_the_right
try:
    replace(engine.load(sys.argv[1]), name="later").save(sys.argv[1])
except OSError as error:
    print("refused:", error)
os.chmod(parent, 0o700)
writing._write_sprites = write
replace(engine.load(sys.argv[1]), name="again").save(sys.argv[1])
print(engine.load(sys.argv[1]).name, sorted(os.listdir(parent)))
"""


@pytest.fixture
def theirs(small_tour):
    """A folder of an ordinary user, with a tour in it."""
    folder = Path(tempfile.mkdtemp(prefix="theirs-"))  # pytest's own are closed to others
    small_tour.save(folder / "small.tour")
    for each in (folder, *folder.rglob("*")):
        os.chown(each, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


def test_a_save_that_loses_the_right_to_its_folder(theirs):
    done = forked.run(["-c", SAVE, theirs / "small.tour"], cwd="/")
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first.startswith("refused:") and "Permission denied" in first
    assert second == "again ['small.tour']"
    assert engine.load(theirs / "small.tour").n == 60
