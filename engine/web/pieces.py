"""The pieces of a page as they are sent, plain and gzipped: made one at a time, kept up to a number of bytes."""

import gzip
import threading
from collections import OrderedDict

from .contents import Contents
from .page import as_script

KEPT = 256 * 2**20  # bytes; a piece of a million points has 70 million


class Pieces:
    """Owns the pieces that were made last. A hundred requests for one of them make it once."""

    def __init__(self, what: Contents) -> None:
        self._what = what
        self._made: OrderedDict[str, tuple[bytes, bytes]] = OrderedDict()
        self._making = threading.Lock()

    def get(self, name: str) -> tuple[bytes, bytes]:
        """A piece as a script, plain and gzipped. Raises KeyError where there is none of that name."""
        with self._making:
            if name not in self._made:
                plain = as_script(name, self._what.pieces[name]()).encode()
                self._made[name] = plain, gzip.compress(plain, compresslevel=1, mtime=0)
            self._made.move_to_end(name)
            made = self._made[name]
            while len(self._made) > 1 and sum(len(a) + len(b) for a, b in self._made.values()) > KEPT:
                self._made.popitem(last=False)
            return made
