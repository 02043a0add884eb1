"""Whether decoding keeps up: our pictures a second against bare Pillow on as many threads, and against the network.

    python benchmarks/decode.py [--images FOLDER | --made N] [--network resnet50] [--json FILE] [--repeats 5]

Ways, timed in turn on the same JPEGs, medians count: bare Pillow decodes whole pictures to RGB; ours does, with all
that it looks at (EXIF, transparency, ranges, frames); ours as a build asks for it, decoded no larger than the network's
preprocessing needs; that with preprocessing and sprites, as the network is fed, with all threads and with fewer; the
same in processes, as a build does on a GPU with many cores; the same by `--decode gpu`, where CUDA is; and the network
alone. "Python alone" feeds the same pictures made 16 pixels wide, in one thread: what is left is done under Python's
lock, so no number of threads can do more pictures a second. "ms of processor" are those of a picture in this process,
and in those that it starts: where pictures are decoded in processes, 1 / the first is the most that they can do.
Beside them what smaller decoding, and the GPU's, does to the network's input, in grey levels of 255. Without a folder,
48 photographs of 2,000 x 1,500 are made of scikit-learn's two, or N pictures of 500 x 375.
"""

import argparse
import json
import resource
import statistics
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from published_build import made
from sklearn.datasets import load_sample_images
from timing import in_turn, ratio, timed

from engine.pipeline.device import machine
from engine.pipeline.inputs.decoding import Decoding, reduced
from engine.pipeline.inputs.files import from_folder
from engine.pipeline.inputs.jpegs import check_device
from engine.pipeline.loader import ahead, batches, on_device, readable, reader, sent
from engine.pipeline.models.preset import Preset
from engine.pipeline.networks import as_network
from engine.pipeline.processes import decoded

TILE = 64
SPREAD = np.array((0.229, 0.224, 0.225))[:, None, None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=Path)
    parser.add_argument("--made", type=int, metavar="N")
    parser.add_argument("--network", default="resnet50")
    parser.add_argument("--json")
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.images or photographs(Path(scratch, "photos"), arguments.made)
        report(folder, arguments.network, arguments.repeats, arguments.json)


def report(folder: Path, network: str, repeats: int, file: str | None) -> None:
    net, here = as_network(network, weights="none"), machine()
    whole, small = from_folder(folder), from_folder(folder, Decoding(at_least=reduced(net.side)))
    whole = replace(whole, n=sum(str(each).lower().endswith((".jpg", ".jpeg")) for each in whole.columns["file"]))
    print(f"{whole.n} JPEGs of {folder.name}, {whole.workers} threads, {network}, {here}")
    with tempfile.TemporaryDirectory() as scratch:
        ways = ways_of(net, (whole, small), tiny(net, whole, Path(scratch)), here)
        try:
            check_device(here.device)
            ways["on the GPU"] = lambda: by_gpu(net, gpus_images(folder, whole.n), here)
        except ValueError as error:
            print(f"  without decoding on a GPU: {error}")
        for name, way in ways.items():  # warm, and said, should the time run out
            print(f"  {name}: {whole.n / timed(way)[0]:.1f} pictures/s at first", flush=True)
        times = in_turn(ways, repeats)
        used = {way: processor(ways[way]) for way in ("preprocessed", "preprocessed, in processes")}
    per_second = {way: whole.n / statistics.median(values) for way, values in times.items()}
    result = {"machine": str(here), "pictures/s": per_second}
    for way, (own, others) in used.items():
        result[f"{way}, ms of processor"] = 1000.0 * own / whole.n
        result[f"{way}, ms of processor in others"] = 1000.0 * others / whole.n
    for way in ("ours, whole", "ours, as needed", "preprocessed"):
        result[f"{way} / bare Pillow"] = 1.0 / ratio(times, way, "bare Pillow")
    off = [np.abs(levels(net, whole.read(i)[0]) - levels(net, small.read(i)[0])).mean() for i in sampled(whole.n)]
    result |= {"grey levels": float(np.mean(off)), "grey levels at most": float(np.max(off))}
    if "on the GPU" in ways:
        given, refused = by_gpu(net, gpus_images(folder, whole.n), here)
        off = [
            np.abs(levels(net, whole.read(i)[0]) - given[i].cpu().numpy() * SPREAD * 255.0).mean()
            for i in sampled(whole.n)
        ]
        result |= {"on the GPU / preprocessed": 1.0 / ratio(times, "on the GPU", "preprocessed")}
        result |= {"left to Pillow": refused, "grey levels on the GPU at most": float(np.max(off))}
    for way, rate in per_second.items():
        print(f"  {way:24} {rate:8.1f} pictures/s")
    for what, value in list(result.items())[2:]:
        print(f"  {what}: {value:.2f}")
    if file:
        Path(file).write_text(json.dumps(result, indent=1))


def ways_of(net, images, little, here):
    """What is timed, by name."""
    whole, small = images
    network, files = net.module.to(here.device), whole.columns["file"][: whole.n]
    fed, python = reader(net, small, TILE), reader(*little, TILE)
    few = min(whole.n, here.batch)
    batch = sent(net, [fed(i).given for i in range(few)], here.device)

    def threads(work, workers=whole.workers):
        def way():
            with ThreadPoolExecutor(workers) as pool:
                for _ in pool.map(work, range(whole.n)):
                    pass

        return way

    def feeding(workers):
        def way():
            for attempts in ahead(replace(small, workers=workers), fed, numbers=batches(whole.n, few, ())):
                readable(attempts, {}, strict=True)

        return way

    def apart():
        for attempts in decoded(small, fed, numbers=batches(whole.n, few, ()), apart=True):
            read = readable(attempts, {}, strict=True)
            np.stack([each.given for each in read])
            np.stack([each.sprite for each in read])

    def alone():
        with torch.inference_mode():
            for _ in range(0, whole.n, few):
                network(batch)

    ways = {
        "bare Pillow": threads(lambda i: Image.open(files[i]).convert("RGB")),
        "ours, whole": threads(whole.read),
        "ours, as needed": threads(small.read),
        "preprocessed": feeding(whole.workers),
    }
    fewer = [2**k for k in range(10) if 2**k < whole.workers]
    ways |= {f"preprocessed, {count} threads": feeding(count) for count in fewer}
    ways["preprocessed, in processes"] = apart
    return ways | {"Python alone": lambda: [python(i) for i in range(whole.n)], "network alone": alone}


def processor(way):
    """Seconds of processor that it takes in this process, and in those that it starts."""
    before = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    way()
    after = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return [b.ru_utime + b.ru_stime - a.ru_utime - a.ru_stime for a, b in zip(before, after, strict=True)]


def gpus_images(folder, n):
    return replace(from_folder(folder, Decoding(on_gpu=True)), n=n)


def tiny(net, images, folder):
    """The network with a preset for pictures of 16 pixels, and the pictures in that size, with their EXIF."""
    for i in range(images.n):
        with Image.open(images.columns["file"][i]) as picture:
            exif = picture.info.get("exif", b"")
            picture.convert("RGB").resize((16, 16)).save(folder / f"{i:06}.jpg", exif=exif)
    preset = net.preprocess
    assert isinstance(preset, Preset), f"{net.name}: its preprocessing comes in one part"
    little = Preset(lambda image: image.resize((18, 18)).crop((1, 1, 17, 17)), preset.mean, preset.spread)
    return replace(net, preprocess=little), from_folder(folder)


def sampled(n):
    return range(0, n, max(1, n // 48))


def by_gpu(net, images, here):
    """The network's inputs, and how many pictures the GPU did not decode."""
    given, refused = [], 0
    for attempts in ahead(images, reader(net, images, TILE), numbers=batches(images.n, here.batch, ())):
        begun = readable(attempts, {}, strict=True)
        good = readable(on_device(net, images, begun, TILE, here.device), {}, strict=True)
        refused += sum(not isinstance(each.given, torch.Tensor) for each in good)
        given += sent(net, [each.given for each in good], here.device)
    return given, refused


def levels(net, picture):
    """What the network is given, in grey levels: ImageNet's spread is that of torchvision's presets."""
    return net.preprocess(picture.convert("RGB")).numpy() * SPREAD * 255.0


def photographs(folder: Path, n: int | None) -> Path:
    """48 large JPEGs cut and turned out of two photographs; noise of a camera keeps them from being smooth.

    n: so many of 500 x 375 instead.
    """
    if n is not None:
        made(folder, n, (500, 375))
        return folder
    folder.mkdir()
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
