"""torch's settings of the whole process as torch comes with them, for as long as a build."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch


@contextmanager
def default_settings() -> Iterator[None]:
    """Within this, what a script has set of torch neither changes nor breaks what is made: tensors are float32 and on
    the CPU unless something else is asked for, autocast rounds nothing, float16 is added up in float32. Then all is as
    it was.

    Threads beside would have autocast and the device of a script as little. A network that wants autocast enters it in
    its own `forward`. How a GPU rounds products of float32 stays the script's choice: no result leans on that.
    """
    with ExitStack() as stack:
        stack.callback(torch.set_default_dtype, torch.get_default_dtype())
        torch.set_default_dtype(torch.float32)
        if torch.get_default_device().type != "cpu":
            stack.enter_context(torch.device("cpu"))
        for kind in ("cpu", "cuda"):
            if torch.is_autocast_enabled(kind):
                stack.enter_context(torch.autocast(kind, enabled=False))
        matmul = torch.backends.cuda.matmul
        if getattr(matmul, "allow_fp16_accumulation", False):  # from torch 2.7 on
            stack.callback(setattr, matmul, "allow_fp16_accumulation", True)
            matmul.allow_fp16_accumulation = False
        yield
