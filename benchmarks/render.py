"""A frame of the tour against its limit: a bare draw of the same points, with nothing around it.

    python benchmarks/render.py [--quick] [--json FILE]

Dots and sprites, settled and mid-transition, on 1280 x 800 pixels without a window. The bare draw has one program, the
same dots or tiles at the same places in the same state, and every position, size and colour computed beforehand. The
two take turns, frame by frame, each finished before the next; the figures are medians. Before they are timed, their
pictures are compared.

cpu_ms is processor time of the calling thread for the same frame with the count of every draw call forced to 1: what
Python and the driver cost. A software rasteriser shades vertices inside the call, so without that it would count as
Python's. upload_bytes is what a frame sends to the GPU. memory_mb is what the buffers and textures hold, peak_mb the
most that the process has held so far. The bare draw of images draws them all, also those that the engine leaves out
because others hide them. On a software rasteriser both draw in the same portions (engine.render.shader.PORTION).
"""

import argparse
import json
import os

from engine.render.bare import SIZE
from engine.render.benchmark import SIZES, line, measured
from engine.render.offscreen import current, describe


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--json", metavar="FILE")
    options.add_argument("--quick", action="store_true", help="10,000 and 50,000 points alone")
    options.add_argument("--modes", nargs="+", default=list(SIZES), choices=list(SIZES))
    options.add_argument("--points", nargs="+", type=int, help="these numbers of points in place of the usual ones")
    given = options.parse_args()
    with current():
        print(f"{describe().renderer}, {os.cpu_count()} cores, {SIZE[0]} x {SIZE[1]}")
    rows = []
    for row in measured({mode: given.points or SIZES[mode][: 2 if given.quick else None] for mode in given.modes}):
        rows.append(row)
        print(line(row), flush=True)
    if given.json:
        with open(given.json, "w") as stream:
            json.dump(rows, stream, indent=1)


if __name__ == "__main__":
    main()
