"""Files of weights that nobody thought of: each fits or is refused in one line, whatever torch and safetensors say."""

import json
import random
import resource
import time
import zipfile

import pytest
import torch
from hypothesis import given, seed
from hypothesis import strategies as st
from safetensors.torch import save_file
from torch import nn

from engine.pipeline.models.weights import load_weights
from spoiling import ASKED, CASES, MEMORY, ODD, PLAIN, SECONDS, SEED, change_json, cut, flip_bits, lengthen


def module(seed=1):
    torch.default_generator.manual_seed(seed)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4, 7))


STATE = module(2).state_dict()
INDEX = "model.safetensors.index.json"
pytestmark = pytest.mark.filterwarnings("ignore")
VALUES = [
    *ODD, torch.ones(4, 3, 3, 3, dtype=torch.complex64), torch.ones(4).to_sparse(), torch.empty(4, device="meta"),
    torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]), torch.full((4,), float("nan")), torch.tensor(1.0),
    torch.ones(4, dtype=torch.float8_e5m2), torch.ones(1).expand(2**40), torch.ones(7, 4, dtype=torch.bool),
    torch.quantize_per_tensor(torch.ones(4), 0.1, 0, torch.qint8), nn.Parameter(torch.ones(4)),
    torch.ones(0), {"a": STATE},
]  # fmt: skip


def refused(file, *, loose=False):
    """Whether a file is refused, in one line and in time."""
    begun, said = time.process_time(), ""
    try:
        load_weights(module(), file, name="net", loose=loose)
    except (ValueError, OSError) as error:
        said = str(error)
    assert not said or (said.isprintable() and file.parent.name in said), repr(said)
    assert not ASKED or time.process_time() - begun < SECONDS
    return bool(said)


def write_safetensors_header(file, change):
    data = file.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = file.with_suffix(".json")
    header.write_bytes(data[8 : 8 + size])
    change(header)
    text = header.read_bytes()
    header.unlink()
    file.write_bytes(len(text).to_bytes(8, "little") + text + data[8 + size :])


def test_spoiled_files(tmp_path, capsys):
    idle, count = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 0
    names = ["w.pt", "legacy.pt", "w.safetensors", INDEX]
    torch.save(STATE, tmp_path / "w.pt")
    torch.save(STATE, tmp_path / "legacy.pt", _use_new_zipfile_serialization=False)
    save_file(STATE, tmp_path / "w.safetensors")
    (tmp_path / INDEX).write_text(json.dumps({"weight_map": dict.fromkeys(STATE, "w.safetensors"), "metadata": {}}))
    whole = {name: (tmp_path / name).read_bytes() for name in names}
    for case in range(CASES):
        rng = random.Random(f"{SEED} {case}")
        file = tmp_path / rng.choice(names)
        if file.name == INDEX and rng.random() < 0.8:
            change_json(file, rng)
        elif file.suffix == ".safetensors" and rng.random() < 0.5:
            write_safetensors_header(file, lambda header, rng=rng: change_json(header, rng))
        else:
            rng.choice([flip_bits, cut, lengthen])(file, rng)
        try:
            count += refused(file)
        except Exception as error:
            pytest.fail(f"seed {SEED}, case {case}, {file.name}: {type(error).__name__}: {error}")
        file.write_bytes(whole[file.name])
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - idle
    with capsys.disabled():
        if ASKED:
            print(f"\n{CASES} files of weights, {count} refused, {more:.0f} MB")
    assert count > CASES // 3
    assert more < MEMORY


@seed(SEED)
@PLAIN
@given(
    key=st.sampled_from([*STATE, "3.bias_extra_state", "module.", "a\x1b[2J\nb", "x" * 5000, 5, ""]),
    value=st.sampled_from(range(len(VALUES))),
    wrapped=st.booleans(),
    loose=st.booleans(),
)
def test_state_dicts_with_odd_values(tmp_path_factory, key, value, wrapped, loose):
    file = tmp_path_factory.mktemp("weights") / "w.pt"
    state = STATE | {key: VALUES[value]}
    torch.save({"model": state, "epoch": 5} if wrapped else state, file)
    refused(file, loose=loose)


def bomb(file):
    """1.4 MB that unpack to 300 MB."""
    torch.save(STATE, file)
    packed = zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED, compresslevel=1)
    with packed as archive, archive.open("w/data/9", "w") as entry:
        for _ in range(300):
            entry.write(bytes(2**20))


def same_dict_in_a_million_places(file):
    inner = {"weight": torch.ones(1)}
    middle = {f"m{k}": inner for k in range(1500)}
    torch.save({f"o{k}": middle for k in range(1500)}, file)


def many_tensors(file):
    header = ",".join(f'"t{k}":{{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}' for k in range(330_000))
    file.write_bytes((len(header) + 2).to_bytes(8, "little") + b"{" + header.encode() + b"}")


BOMBS = {
    "packed": ("w.pt", bomb, "unpacks to 314,"),
    "one dict many times": ("w.pt", same_dict_in_a_million_places, "does not fit net"),
    "many tensors": ("w.safetensors", many_tensors, "bytes say what its tensors are"),
    "index of itself": (INDEX, lambda f: f.write_text(json.dumps({"weight_map": {"a": INDEX}})), "no files beside it"),
    "index nested": (INDEX, lambda f: f.write_text("[" * 100_000), "nested too deeply"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_small_files_that_would_fill_the_memory(tmp_path, name):
    called, make, complaint = BOMBS[name]
    make(tmp_path / called)
    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with pytest.raises(ValueError, match=complaint) as caught:
        load_weights(module(), tmp_path / called, name="net")
    assert str(caught.value).isprintable()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - idle < MEMORY


def test_a_table_in_place_of_one_number(tmp_path):
    torch.save(STATE | {"1.num_batches_tracked": torch.ones(7, 4)}, tmp_path / "w.pt")
    with pytest.raises(ValueError, match=r"num_batches_tracked has shape \(7, 4\) where \(\) is needed"):
        load_weights(module(), tmp_path / "w.pt", name="net")


def test_a_shard_that_is_no_table(tmp_path):
    torch.save([1, 2], tmp_path / "w.bin")
    (tmp_path / INDEX).write_text(json.dumps({"weight_map": {"a": "w.bin"}}))
    with pytest.raises(ValueError, match=r"w\.bin: no table of tensors, as a shard is"):
        load_weights(module(), tmp_path, name="net")
