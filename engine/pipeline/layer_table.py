"""Every module of a network that runs, as a table: what `--layers` can name."""

from collections.abc import Iterator

import torch
from PIL import Image

from .models.borrowed import borrowed, fed
from .networks import as_network
from .probing.pooling import width
from .probing.probes import default_probes
from .probing.trace import trace


def listing(network: str, *, max_width: int) -> Iterator[str]:
    """Lines of the table: mark of the default probes, name, kind, shape of the output, width of its row.

    Raises ValueError where there is no such network.
    """
    net = as_network(network, weights="none")
    example = net.preprocess(Image.new("RGB", (600, 600), "gray"))
    torch.manual_seed(0)
    noise = torch.randn(1, *example.shape)  # so that a ReLU shows that it does something
    with borrowed(net.module, torch.device("cpu")) as module:
        seen = trace(module, fed(module, noise))
    probed = {(probe.module, probe.call) for probe in default_probes(net.module, seen)}
    rows = [("*", "Input", "", _times(seen.input), f"{width(seen.input, max_width):,}")]
    for run in sorted(seen.runs, key=lambda run: run.begun):
        if run.shape is not None:
            mark = "*" if (run.module, run.call) in probed else ""
            rows.append((mark, run.name, run.kind, _times(run.shape), f"{width(run.shape, max_width):,}"))
    if (None, 0) in probed and seen.output is not None:
        rows.append(("*", "Softmax", "", _times(seen.output), f"{width(seen.output, max_width):,}"))
    columns = [max(len(row[k]) for row in rows) for k in range(5)]
    yield f"  {'layer':{columns[1]}}  {'kind':{columns[2]}}  {'output':{columns[3]}}  {'row':>{columns[4]}}"
    for mark, name, kind, shape, wide in rows:
        line = f"{mark:1} {name:{columns[1]}}  {kind:{columns[2]}}  {shape:{columns[3]}}  {wide:>{columns[4]}}"
        yield line
    yield ""
    yield f"* probed by default; row: values for one image once pooled to at most {max_width:,}"


def _times(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
