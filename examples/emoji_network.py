"""A small network that tells the groups of emoji apart: four convolutional blocks on 32 x 32 pixels, two dense layers.

`trained` gives it to 03_emoji.py, with what became of every picture: in the training set, or held out. Every sixth
emoji is held out with all its skin tones and genders, or the network would be asked what it has seen already.
"""

import re
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

EPOCHS = 30
ONE_AND_THE_SAME = re.compile(r"[a-z-]+ skin tone|\b(wo)?m[ae]n\b|\bperson\b|,")


class Block(nn.Sequential):
    def __init__(self, inputs: int, outputs: int) -> None:
        convolution = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        super().__init__(convolution, nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(2))


class Dense(nn.Sequential):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(nn.Flatten(), nn.Dropout(0.3), nn.Linear(inputs, outputs), nn.BatchNorm1d(outputs), nn.ReLU())


class EmojiNet(nn.Module):
    def __init__(self, groups: int) -> None:
        super().__init__()
        self.edges, self.textures = Block(3, 32), Block(32, 64)
        self.parts, self.shapes = Block(64, 128), Block(128, 128)
        self.meaning, self.group = Dense(4 * 128, 64), nn.Linear(64, groups)

    def forward(self, images: Tensor) -> Tensor:
        small = functional.interpolate(images, 32, mode="area")
        return self.group(self.meaning(self.shapes(self.parts(self.textures(self.edges(small))))))


def trained(files: list[Path], *, kept: Path) -> tuple[EmojiNet, np.ndarray]:
    """The network, from the file `kept` if it is there, and which of the pictures it has not seen."""
    groups, labels = np.unique([file.parts[1] for file in files], return_inverse=True)
    names = [" ".join(ONE_AND_THE_SAME.sub("", file.stem[5:]).split()) for file in files]
    emoji, which = np.unique(names, return_inverse=True)
    held_out = np.random.default_rng(0).permutation(len(emoji))[which] % 6 == 0
    images = torch.from_numpy(np.stack([_pixels(file) for file in files])).permute(0, 3, 1, 2) / 255
    torch.manual_seed(0)
    network = EmojiNet(len(groups))
    if kept.exists():
        network.load_state_dict(torch.load(kept, weights_only=True))
    else:
        _train(network, images[~held_out], torch.from_numpy(labels[~held_out]))
        torch.save(network.state_dict(), kept)
    network.eval()
    with torch.inference_mode():
        answers = torch.cat([network(part).argmax(dim=1) for part in images.split(256)]).numpy()
    right, most = (answers == labels)[held_out], np.bincount(labels[~held_out]).argmax()
    each = np.mean([right[labels[held_out] == k].mean() for k in np.unique(labels[held_out])])
    print(
        f"{right.mean():.1%} of {len(right)} held-out emoji are put into their group, {each:.1%} in the mean of groups"
    )
    print(f"(always saying {groups[most]}: {(labels[held_out] == most).mean():.1%}, {1 / len(groups):.1%})")
    return network, held_out


def _pixels(file: Path) -> np.ndarray:
    """As the engine gives them to the network, on white, and as small as that makes them."""
    picture = Image.open(file)
    paper = Image.new("RGBA", picture.size, "white")
    return np.asarray(Image.alpha_composite(paper, picture).convert("RGB").reduce(4))


def _train(network: nn.Module, images: Tensor, labels: Tensor) -> None:
    steps = EPOCHS * -(-len(images) // 64)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=0.05)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, total_steps=steps)
    for epoch in range(EPOCHS):
        for part in torch.randperm(len(images)).split(64):
            if len(part) == 1:  # too few for batch normalisation
                continue
            loss = functional.cross_entropy(network(_varied(images[part])), labels[part], label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            rate.step()
        if epoch % 5 == 4:
            print(f"training: {epoch + 1} of {EPOCHS} epochs", flush=True)


def _varied(images: Tensor) -> Tensor:
    """Every picture a little turned, scaled, moved and tinted, half of them mirrored; paper stays white."""
    n = len(images)
    angle, scale, mirror = 0.2 * torch.randn(n), 1 + 0.1 * torch.randn(n), 2.0 * torch.randint(0, 2, (n,)) - 1
    across = torch.stack([angle.cos() * mirror, -angle.sin(), 0.1 * torch.randn(n)], dim=1)
    down = torch.stack([angle.sin() * mirror, angle.cos(), 0.1 * torch.randn(n)], dim=1)
    place = torch.stack([across, down], dim=1) * scale[:, None, None]
    grid = functional.affine_grid(place, list(images.shape), align_corners=False)
    ink = functional.grid_sample(1 - images, grid, align_corners=False) * (1 + 0.2 * torch.randn(n, 3, 1, 1))
    return (1 - ink).clamp(0, 1)
