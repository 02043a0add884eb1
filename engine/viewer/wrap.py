"""Text broken into lines."""

import re
from collections.abc import Callable

WIDE = r"\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uff60"  # Chinese, Japanese and Korean
UNBROKEN = re.compile(rf" ?(?:[{WIDE}]|[^ {WIDE}]+)")  # a word, or one of those characters, with the blank before it


def wrapped(text: str, width: Callable[[str], float], *, room: float, lines: int) -> list[str]:
    """At most `lines` lines, broken between words where `width` says that no more fits; the last may be too long."""
    out = [""]
    for piece in UNBROKEN.findall(" ".join(text.split())):
        if out[-1] and len(out) < lines and width(out[-1] + piece) > room:
            out.append(piece.strip())
        else:
            out[-1] += piece
    return out
