"""Whether decoding keeps up: our pictures a second against bare Pillow on as many threads, and against the network.

    python benchmarks/decode.py [--images FOLDER] [--network resnet50] [--json FILE] [--repeats 5]

Ways, timed in turn on the same JPEGs, medians count: bare Pillow decodes whole pictures to RGB; ours does, with all
that it looks at (EXIF, transparency, ranges, frames); ours as a build asks for it, decoded no larger than the network's
preprocessing needs; that with preprocessing and sprites, as the network is fed; the same by `--decode gpu`, where CUDA
is; and the network alone. Beside them what smaller decoding, and the GPU's, does to the network's input, in grey levels
of 255. Without a folder, 48 photographs of 2,000 x 1,500
are made of scikit-learn's two.
"""

import argparse
import json
import statistics
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from sklearn.datasets import load_sample_images
from timing import in_turn, ratio

from engine.pipeline.device import machine
from engine.pipeline.inputs.decoding import Decoding, reduced
from engine.pipeline.inputs.files import from_folder
from engine.pipeline.inputs.jpegs import check_device
from engine.pipeline.loader import ahead, on_device, readable, reader
from engine.pipeline.networks import as_network

TILE = 64
SPREAD = np.array((0.229, 0.224, 0.225))[:, None, None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=Path)
    parser.add_argument("--network", default="resnet50")
    parser.add_argument("--json")
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = arguments.images or photographs(Path(made))
        report(folder, arguments.network, arguments.repeats, arguments.json)


def report(folder: Path, name: str, repeats: int, file: str | None) -> None:
    net, here = as_network(name, weights="none"), machine()
    network = net.module.to(here.device)
    whole, small = from_folder(folder), from_folder(folder, Decoding(at_least=reduced(net.side)))
    whole = replace(whole, n=sum(str(each).lower().endswith((".jpg", ".jpeg")) for each in whole.columns["file"]))
    files = whole.columns["file"][: whole.n]
    fed = reader(net, small, TILE)
    batch = torch.stack([fed(i).tensor for i in range(min(whole.n, here.batch))]).to(here.device)

    def threads(work):
        def way():
            with ThreadPoolExecutor(whole.workers) as pool:
                for _ in pool.map(work, range(whole.n)):
                    pass

        return way

    def alone():
        with torch.inference_mode():
            for _ in range(0, whole.n, len(batch)):
                network(batch)

    ways = {
        "bare Pillow": threads(lambda i: Image.open(files[i]).convert("RGB")),
        "ours, whole": threads(whole.read),
        "ours, as needed": threads(small.read),
        "preprocessed": threads(fed),
        "network alone": alone,
    }
    if here.device.type == "cuda":
        check_device(here.device)
        on_gpu = replace(from_folder(folder, Decoding(on_gpu=True)), n=whole.n)
        ways["on the GPU"] = lambda: by_gpu(net, on_gpu, here)
    for way in ways.values():
        way()
    times = in_turn(ways, repeats)
    per_second = {way: whole.n / statistics.median(values) for way, values in times.items()}
    whole_ratio = 1.0 / ratio(times, "ours, whole", "bare Pillow")
    needed_ratio = 1.0 / ratio(times, "ours, as needed", "bare Pillow")
    off = [np.abs(levels(net, whole.read(i)[0]) - levels(net, small.read(i)[0])).mean() for i in range(whole.n)]
    result = {"pictures/s": per_second, "whole": whole_ratio, "as needed": needed_ratio, "grey levels": max(off)}
    print(f"{whole.n} JPEGs of {folder.name}, {whole.workers} threads, {name}, {here}")
    for way, rate in per_second.items():
        print(f"  {way:16} {rate:8.1f} pictures/s")
    print(f"  ours against bare Pillow: {whole_ratio:.2f} whole, {needed_ratio:.2f} as needed")
    print(f"  the network's input differs by {np.mean(off):.2f} grey levels in the mean, {np.max(off):.2f} at most")
    if "on the GPU" in ways:
        given, refused = by_gpu(net, on_gpu, here)
        apart = [np.abs(levels(net, whole.read(i)[0]) - each * SPREAD * 255.0).mean() for i, each in enumerate(given)]
        faster = 1.0 / ratio(times, "on the GPU", "preprocessed")
        print(f"  on the GPU: {faster:.2f} times as fast as preprocessed, {refused} of {whole.n} left to Pillow")
        print(f"  its input differs by {np.mean(apart):.2f} grey levels in the mean, {np.max(apart):.2f} at most")
        result |= {"on the GPU": faster, "left to Pillow": refused, "grey levels on the GPU": float(np.max(apart))}
    if file:
        Path(file).write_text(json.dumps(result | {"machine": str(here)}, indent=1))


def by_gpu(net, images, here):
    """The network's inputs, on the host, and how many pictures the GPU did not decode."""
    given, refused = [], 0
    for readings in ahead(images, reader(net, images, TILE), batch=here.batch, skip=()):
        begun = readable([(i, each.result) for i, each in readings], {}, strict=True)
        good = readable(on_device(net, images, begun, TILE, here.device), {}, strict=True)
        refused += sum(not each.tensor.is_cuda for each in good)
        given += [each.tensor for each in good]
    return torch.stack([each.to(here.device) for each in given]).cpu().numpy(), refused


def levels(net, picture):
    """What the network is given, in grey levels: ImageNet's spread is that of torchvision's presets."""
    return net.preprocess(picture.convert("RGB")).numpy() * SPREAD * 255.0


def photographs(folder: Path) -> Path:
    """48 large JPEGs cut and turned out of two photographs; noise of a camera keeps them from being smooth."""
    rng = np.random.default_rng(0)
    for k in range(48):
        photo = Image.fromarray(load_sample_images().images[k % 2])
        left, top = rng.integers(0, 100, 2)
        cut = photo.crop((left, top, left + 500, top + 375)).resize((2000, 1500), Image.Resampling.BICUBIC)
        pixels = np.asarray(cut, dtype=np.float32) + rng.normal(0, 6, (1500, 2000, 3))
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(folder / f"{k:02}.jpg", quality=90)
    return folder


if __name__ == "__main__":
    main()
