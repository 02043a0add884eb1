"""Pictures of one shard to the rows of each layer, by a worker; and what a build keeps of all shards together."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..activations import Answers, Captured, Settings, capture
from ..building.exclusion import finite_rows
from ..building.fingerprint import Witness
from ..building.planning import Plan
from ..inputs.images import Images, no_longer_readable
from .shards import Shard, Shards, read_array, read_json, write_array, write_json
from .specification import Opened, opened, part, told

SHARD_BYTES = 512 * 2**20  # of the rows of all layers
MOST = 16  # batches in a shard, so that what a lost worker takes along is done again soon
FEWEST = 8  # shards, where there are as many batches


def cut(n: int, plan: Plan, *, layers: int, tile: int) -> list[Shard]:
    """n pictures in shards of whole batches. layers: how many there are; tile: pixels to a side of a small copy."""
    batch, picture_bytes = plan.batch, plan.bytes(range(layers), 1) + 4 * tile**2
    count = -(-n // batch)
    size = batch * max(1, min(MOST, SHARD_BYTES // max(1, batch * picture_bytes), count // FEWEST))
    return [Shard(number, first, min(n, first + size)) for number, first in enumerate(range(0, n, size))]


def settings(here: Opened, batch: int, scales: Mapping[int, float | None]) -> Settings:
    """How a worker captures. scales: of the layers in half precision, None where nothing has decided it."""
    probes = here.spec.probes
    return Settings(
        device=here.spec.device,
        max_width=here.spec.options.max_width,
        pooling=here.spec.options.pooling,
        batch=batch,
        halves=[probes[k].name for k in scales],
        strict=here.spec.strict,
        part=True,
        scales={probes[k].name: scale for k, scale in scales.items() if scale is not None},
    )


def capture_shard(
    file: str,
    shard: Shard,
    layers: Sequence[int],
    batch: int,
    scales: Mapping[int, float | None],
    broken: list[int] | None,
) -> None:
    """On a worker: the rows of these layers, and, where `broken` is None, what is to be known of the pictures."""
    with told(file) as spec:
        here, shards = opened(file), Shards(spec.folder)
        images = part(here.images, shard.first, shard.stop)
        witness = Witness(images) if broken is None and not images.known else None
        tile = spec.options.tile
        tiles = np.zeros((images.n, tile, tile, 4), dtype=np.uint8) if broken is None else None
        seen = capture(
            here.net,
            images if witness is None else witness.images,
            [spec.probes[k] for k in layers],
            how=settings(here, batch, scales),
            tiles=tiles,
            skip=[i - shard.first for i in broken or ()],
        )
        if broken is not None and seen.broken:
            raise no_longer_readable(next(iter(seen.broken.values())))
        for k in layers:
            _write_layer(shards, shard, k, spec.probes[k].name, seen, scales.get(k))
        if tiles is not None:
            write_array(shards.tiles(shard), tiles[: len(seen.rows)])
            write_pictures(shards, shard, seen, images, witness)


def _write_layer(shards: Shards, shard: Shard, k: int, name: str, seen: Captured, scale: float | None) -> None:
    facts: dict[str, Any] = {"rows": len(seen.rows), "begun with": scale}
    if name in seen.left_out:
        facts["left out"] = seen.left_out[name]
    else:
        facts |= {"scale": seen.scales[name], "growths": seen.growths[name], "bad": []}
        matrix = seen.matrices.get(name)
        if matrix is not None:
            facts["bad"] = (~finite_rows(matrix)).nonzero().flatten().tolist()
            write_array(shards.layer(k, shard).with_suffix(".npy"), matrix.cpu().numpy())
    write_json(shards.layer(k, shard), facts)


def write_pictures(shards: Shards, shard: Shard, seen: Captured, images: Images, witness: Witness | None) -> None:
    """What was seen of the pictures; they are counted from the shard's first one."""
    values: dict[str, Any] = {
        "rows": seen.rows,
        "broken": {str(i): why for i, why in seen.broken.items()},
        "labels": seen.labels,
        "answers": None if seen.answers is None else _plain(seen.answers),
        "notes": {"counts": dict(images.notes.counts), "examples": images.notes.examples},
        "digests": None if witness is None else [each.hex() for each in witness.digests],
    }
    write_json(shards.pictures(shard), values)


def _plain(answers: Answers) -> dict[str, Any]:
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in asdict(answers).items()}


def together(shards: Shards, cut: Sequence[Shard]) -> tuple[Captured, dict[str, Any]]:
    """What all shards have seen of their pictures, without matrices; and their notes and digests."""
    rows: list[int] = []
    broken: dict[int, str] = {}
    labels: list[Any] = []
    answers: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    digests: list[bytes] = []
    for shard in cut:
        seen = read_json(shards.pictures(shard))
        assert seen is not None
        rows += [shard.first + i for i in seen["rows"]]
        broken |= {shard.first + int(i): why for i, why in seen["broken"].items()}
        labels += seen["labels"]
        notes.append(seen["notes"])
        answers += [seen["answers"]] if seen["answers"] else []
        digests += [bytes.fromhex(each) for each in seen["digests"] or ()]
    return Captured({}, rows, broken, labels, _answers(answers)), {"notes": notes, "digests": digests}


def fill_tiles(tiles: NDArray[np.uint8], shards: Shards, cut: Sequence[Shard]) -> int:
    """Sprites of all shards, one after the other, into `tiles`; how many there are."""
    at = 0
    for shard in cut:
        here = read_array(shards.tiles(shard))
        tiles[at : at + len(here)] = here
        at += len(here)
    return at


def _answers(parts: list[dict[str, Any]]) -> Answers | None:
    if not parts:
        return None
    prediction, confidence, truth = (
        np.concatenate([np.array(each[name], dtype=kind) for each in parts])
        for name, kind in (("prediction", np.int64), ("confidence", np.float32), ("truth", np.float32))
    )
    return Answers(parts[-1]["classes"], prediction, confidence, truth)
