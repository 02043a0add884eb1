"""Files spoiled at random: values of JSON replaced, bits flipped, files cut, lengthened, replaced by pipes and devices.

`make fuzz N=10000 SEED=1` sets how many, and which.
"""

import json
import os

import pytest
from hypothesis import HealthCheck, settings

import engine
from engine.tour.json_files import seal

CASES, SEED = int(os.environ.get("FUZZ_N", 200)), int(os.environ.get("FUZZ_SEED", 1))
ASKED = "FUZZ_N" in os.environ  # then seconds count as well; a busy machine tells little by them
MEMORY, SECONDS = 200, 2.0  # MB more than before the first case, and for one
ODD = [None, True, -1, 0, 2**63, 10**400, 1e308, float("nan"), float("inf"), "", "\0", "x" * 5000, "../x", "/etc",
       [], {}, [[]], [1e400], {"a": []}, "\ud800", "\x1b[2J"]  # fmt: skip
PLAIN = settings(
    max_examples=max(25, CASES // 8), deadline=None, derandomize=not ASKED, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def refusal(tour):
    """What is said of a folder that is no tour: one line, with its name."""
    with pytest.raises(engine.TourFormatError) as caught:
        engine.load(tour)
    assert tour.name in str(caught.value) and "\n" not in str(caught.value)
    return str(caught.value)


def places(values, path=()):
    """The paths to all values inside a JSON value."""
    for key in values if isinstance(values, dict) else range(len(values)) if isinstance(values, list) else ():
        yield (*path, key)
        yield from places(values[key], (*path, key))


def change_json(file, rng):
    values = json.loads(file.read_text())
    path = rng.choice(list(places(values)))
    inside = values
    for key in path[:-1]:
        inside = inside[key]
    if rng.random() < 0.2:
        del inside[path[-1]]
    else:
        inside[path[-1]] = rng.choice(ODD)
    if rng.random() < 0.7 and "seal" in values:
        values["seal"] = seal(values)
    file.write_text(json.dumps(values))


def flip_bits(file, rng):
    data = bytearray(file.read_bytes())
    for _ in range(rng.choice([1, 1, 1, 8])):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    file.write_bytes(bytes(data))


def cut(file, rng):
    os.truncate(file, rng.randrange(file.stat().st_size))


def lengthen(file, rng):
    with file.open("ab") as stream:
        stream.write(rng.randbytes(rng.choice([1, 100, 5000])))


def replaced(file, rng):
    file.unlink()
    rng.choice([lambda: os.mkfifo(file), lambda: file.mkdir(), lambda: file.symlink_to("/dev/zero"), lambda: None,
                lambda: file.symlink_to(file.name), lambda: file.write_bytes(rng.randbytes(300))])()  # fmt: skip
