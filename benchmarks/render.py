"""A frame of the tour against its limit, a bare draw of the same points, for numbers of points up to five million.

    python benchmarks/render.py [--quick] [--json FILE]

What is drawn, how it is timed and what the figures mean: --help, or engine/render/benchmark.py.
"""

import argparse
import json
import os

from engine.render import benchmark
from engine.render.baseline import SIZE
from engine.render.benchmark import SIZES, line, measured
from engine.render.offscreen import current, describe


def main() -> None:
    options = argparse.ArgumentParser(
        description=benchmark.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
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
