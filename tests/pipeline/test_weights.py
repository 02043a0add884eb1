"""Weights in whatever trainers save them as: prefixes, outer keys, shards, extra state; caches checked."""

import argparse
import hashlib
import json

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

import engine.pipeline.models.torchvision_models as zoo
from engine.pipeline.models.weights import load_weights
from engine.pipeline.networks import as_network


def network(seed=1, classes=7):
    torch.manual_seed(seed)
    body = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Sequential(nn.Conv2d(4, 4, 3), nn.ReLU()))
    return nn.ModuleDict({"body": body, "head": nn.Linear(4, classes)})


TRAINED = network(2).state_dict()


def prefixed(prefix):
    return {prefix + key: value for key, value in TRAINED.items()}


def loaded(values, tmp_path, *, into=None, loose=False, name="weights.pt"):
    torch.save(values, tmp_path / name)
    module = into or network()
    same = load_weights(module, tmp_path / name, name="net", loose=loose)
    return module, same


def equal(module, state=TRAINED):
    return all(torch.equal(value, state[key]) for key, value in module.state_dict().items())


OTHER = {"other.weight": torch.ones(3)}


@pytest.mark.parametrize(
    "values",
    [
        TRAINED,
        *(
            {key: TRAINED}
            for key in ("state_dict", "model", "net", "model_ema", "model_state_dict", "params", "whatever")
        ),
        *(
            prefixed(prefix)
            for prefix in ("module.", "model.", "_orig_mod.", "module._orig_mod.", "backbone.", "model.backbone.net.")
        ),
        {"epoch": 3, "lr": torch.tensor(0.1), "model": prefixed("module."), "optimizer": {"state": {}, "lr": 0.1}},
        {"state_dict": prefixed("model.") | {"loss.weight": torch.ones(7), "teacher.a": torch.ones(1)}, "epoch": 2},
        {"generator": OTHER, "net": {"ema": TRAINED}},
        {"model": TRAINED, "model_ema": {key: value * 0 for key, value in TRAINED.items()}},
        {key.replace("head", "_orig_mod.head"): value for key, value in TRAINED.items()},
        {f"{key}": value for key, value in TRAINED.items() if not key.endswith("num_batches_tracked")},
    ],
)
def test_prefixes_and_outer_keys(values, tmp_path):
    module, same = loaded(values, tmp_path)
    assert same and all(
        torch.equal(value, TRAINED[key]) for key, value in module.state_dict().items() if "batches" not in key
    )


def test_lightning_checkpoints_keep_what_trainers_were_told(tmp_path):
    """Arguments and callbacks lie beside the tensors as pickled objects; none of them is made."""
    values = {
        "epoch": 3,
        "pytorch-lightning_version": "2.4.0",
        "state_dict": prefixed("model."),
        "hyper_parameters": argparse.Namespace(lr=0.1, path=tmp_path),
    }
    module, _ = loaded(values, tmp_path)
    assert equal(module)


def test_a_network_with_a_prefix_takes_weights_without(tmp_path):
    module, _ = loaded(TRAINED, tmp_path, into=nn.ModuleDict({"inner": network()}))
    assert equal(module["inner"])


@pytest.mark.parametrize("kind", ["file", "folder", "index"])
def test_sharded_safetensors(kind, tmp_path, monkeypatch):
    keys = list(TRAINED)
    names = {key: f"model-0000{1 + k % 2}-of-00002.safetensors" for k, key in enumerate(keys)}
    for name in set(names.values()):
        save_file({key: TRAINED[key] for key in keys if names[key] == name}, tmp_path / name)
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(json.dumps({"metadata": {}, "weight_map": names}))
    place = {"folder": tmp_path, "index": index, "file": tmp_path / "one.safetensors"}[kind]
    if kind == "file":
        save_file(TRAINED, place)
    module = network()
    load_weights(module, place, name="net")
    assert equal(module)
    if kind == "index":
        (tmp_path / names[keys[0]]).unlink()
        with pytest.raises(FileNotFoundError, match=r"this shard is missing; model.safetensors.index.json lists 2"):
            load_weights(module, place, name="net")
        index.write_text(json.dumps({"weight_map": {"a": "../elsewhere.safetensors"}}))
        with pytest.raises(ValueError, match="no readable list of shards"):
            load_weights(module, place, name="net")


def test_another_head_is_named_and_taken_when_asked_for(tmp_path):
    other = network(3, classes=4).state_dict()
    with pytest.raises(ValueError, match=r"class head head has 4 classes where net has 7; --weights-loose takes"):
        loaded(other, tmp_path)
    module, same = loaded(other, tmp_path, loose=True)
    assert not same and equal(module, other) and module["head"].out_features == 4
    assert module["head"](torch.zeros(1, 4)).shape == (1, 4)


def test_a_head_of_more_classes_than_the_file_holds_numbers_is_none(tmp_path):
    """A number stored once may say that it is a trillion of rows."""
    rows = torch.ones(1, 4).expand(2**40, 4)
    with pytest.raises(ValueError, match=r"head\.weight, head\.bias has shape \(1099511627776, 4\)"):
        loaded(TRAINED | {"head.weight": rows, "head.bias": rows[:, 0]}, tmp_path, loose=True)


def test_what_is_missing_or_beyond_is_left_when_asked_for(tmp_path, caplog):
    part = {key: value for key, value in TRAINED.items() if not key.startswith("head")} | OTHER
    with pytest.raises(ValueError, match=r"does not fit net: it lacks head\.weight, head\.bias$"):
        loaded(part, tmp_path)
    before = network()["head"].state_dict()
    module, same = loaded(part, tmp_path, loose=True)
    assert same and equal(module["head"], before) and torch.equal(module["body"][0].weight, TRAINED["body.0.weight"])
    assert "lacks head.weight, head.bias, which stay as they were" in caplog.text
    with pytest.raises(ValueError, match=r"does not fit net: it has a\.b where body\.0\.weight"):
        loaded({"a.b": torch.ones(2)}, tmp_path, loose=True)


def test_the_same_tensors_under_other_names_are_taken_in_their_order(tmp_path):
    renamed = {f"_layer{k}.{key.rpartition('.')[2]}": value for k, (key, value) in enumerate(TRAINED.items())}
    assert equal(loaded(renamed, tmp_path)[0])
    first, second, *rest = renamed
    swapped = {key: renamed[key] for key in (second, first, *rest)}
    with pytest.raises(ValueError, match="does not fit net"):
        loaded(swapped, tmp_path)


class WithExtra(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(2, 2)
        self.extra = {"steps": 3, "scale": torch.ones(2)}

    def get_extra_state(self):
        return self.extra

    def set_extra_state(self, state):
        self.extra = state


def test_a_module_with_extra_state(tmp_path):
    trained = WithExtra()
    trained.extra = {"steps": 9, "scale": torch.zeros(2)}
    module, _ = loaded({"state_dict": {f"module.{k}": v for k, v in trained.state_dict().items()}}, tmp_path,
                       into=WithExtra())  # fmt: skip
    assert module.extra["steps"] == 9
    prints = [as_network(each).fingerprint() for each in (module, trained, WithExtra())]
    assert prints[0] == prints[1] != prints[2]


@pytest.mark.parametrize("name", ["fcn_resnet50", "deeplabv3_mobilenet_v3_large"])
def test_random_weights_download_no_backbone(name, monkeypatch, tmp_path):
    """They are scaled to noise of 64 x 64 pixels here, not of 520 x 520, which takes seconds of a core."""
    scaled = zoo.keep_signal
    monkeypatch.setattr(zoo, "keep_signal", lambda module, shape: scaled(module, (*shape[:1], 64, 64)))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    assert as_network(name, weights="none").weights == "none (random)"
    assert not list(tmp_path.rglob("*.pth"))


class Payload:
    def __reduce__(self):
        return print, ("unpickled",)


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """torch's cache, in which the default weights of a small network may be laid."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    (tmp_path / "hub" / "checkpoints").mkdir(parents=True)
    models = zoo.torchvision_models()
    best = models.get_model_weights("squeezenet1_1").DEFAULT

    def lay(values, *, honest):
        file = tmp_path / "hub" / "checkpoints" / best.url.rsplit("/", 1)[-1]
        torch.save(values, file)
        if honest:  # the name that a file with this checksum would have
            url = best.url.rsplit("-", 1)[0] + f"-{hashlib.sha256(file.read_bytes()).hexdigest()[:8]}.pth"
            file.rename(file.with_name(url.rsplit("/", 1)[-1]))
            object.__setattr__(best.value, "url", url)
        return file

    before = best.url
    yield lay
    object.__setattr__(best.value, "url", before)


def test_cached_default_weights_are_checked_and_never_unpickled(cache, capsys):
    blank = as_network("squeezenet1_1", weights="none").module.state_dict()
    cache(blank, honest=False)
    with pytest.raises(ValueError, match=r"is not what torchvision publishes: its checksum begins with .*delete it"):
        as_network("squeezenet1_1")
    cache(blank, honest=True)
    assert equal(as_network("squeezenet1_1").module, blank)
    cache({"a": Payload()} | blank, honest=True)
    with pytest.raises(ValueError, match="no readable file of weights"):
        as_network("squeezenet1_1")
    assert "unpickled" not in capsys.readouterr().out


def test_what_is_no_file_of_weights_says_what_it_is(tmp_path):
    module = torch.nn.Linear(3, 2)
    torch.jit.save(torch.jit.script(module), tmp_path / "script.pt")
    many = nn.Sequential(*[nn.Linear(2, 2) for _ in range(40)])  # its code is packed, which tensors are not
    torch.jit.save(torch.jit.trace(many, torch.ones(1, 2)), tmp_path / "traced.pt")
    (tmp_path / "empty.pth").write_bytes(b"")
    (tmp_path / "keras.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(50))
    (tmp_path / "text.pth").write_text("hello")
    torch.save({key: value.numpy() for key, value in module.state_dict().items()}, tmp_path / "numpy.pth")
    for name, complaint in (
        ("traced.pt", "it is a TorchScript archive"),
        ("script.pt", r"it is a TorchScript archive; save torch\.jit\.load\(FILE\)\.state_dict\(\)"),
        ("empty.pth", "it is empty"),
        ("keras.h5", "it is HDF5"),
        ("text.pth", r"it is none that torch\.save or safetensors wrote"),
        ("numpy.pth", r"no table of tensors \(of NumPy arrays neither\)"),
    ):
        with pytest.raises(ValueError, match=complaint):
            as_network(module, weights=str(tmp_path / name))


def test_weights_that_are_not_finite_are_said(tmp_path, caplog):
    state = torch.nn.Linear(3, 2).state_dict()
    state["bias"][1] = float("nan")
    torch.save(state, tmp_path / "w.pth")
    as_network(torch.nn.Linear(3, 2), weights=str(tmp_path / "w.pth"))
    assert "w.pth: bias: not all of it is finite" in caplog.text
