"""A test double of dask_cuda.LocalCUDACluster: its arguments checked as dask-cuda 26.10 checks them; no worker starts.

Its keywords are those of the wheel, which `make contracts` reads; what is no own one of them goes on to LocalCluster.
"""

import inspect
import json
from pathlib import Path
from types import SimpleNamespace

CONTRACT = json.loads((Path(__file__).parents[1] / "pipeline" / "contracts.json").read_text())
OWN = CONTRACT["dask_cuda.LocalCUDACluster"]


class LocalCUDACluster:
    """Takes what dask-cuda takes. `asked` is what it was given, the latest last."""

    asked: list[dict] = []  # noqa: RUF012

    def __init__(self, **options):
        from distributed import LocalCluster

        beyond = set(options) - set(OWN) - set(inspect.signature(LocalCluster.__init__).parameters)
        if beyond or "env" in options:  # the environment of a worker is its own, with the GPU that it sees
            raise TypeError(f"LocalCUDACluster got an unexpected keyword argument {min(beyond | {'env'})!r}")
        options = OWN | options
        for name in options["CUDA_VISIBLE_DEVICES"]:
            if not (str(name).isdigit() or str(name).startswith(("GPU-", "MIG-"))):
                raise ValueError(
                    "Devices in CUDA_VISIBLE_DEVICES must be comma-separated integers or strings beginning with 'GPU-' "
                    "or 'MIG-' prefixes."
                )
        numbers = {str(name).isdigit() for name in options["CUDA_VISIBLE_DEVICES"]}
        if not 1 <= options["n_workers"] <= len(options["CUDA_VISIBLE_DEVICES"]) or len(numbers) > 1:  # it sorts them
            raise ValueError("Can not scale beyond visible devices", options["CUDA_VISIBLE_DEVICES"])
        LocalCUDACluster.asked.append(options)
        self.workers: dict[str, SimpleNamespace] = {}

    def close(self, **_):
        pass
