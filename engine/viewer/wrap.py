"""Text broken into lines."""

from collections.abc import Callable


def wrapped(text: str, width: Callable[[str], float], *, room: float, lines: int) -> list[str]:
    """At most `lines` lines, broken between words where `width` says that no more fits; the last may be too long."""
    out = [""]
    for word in text.split():
        longer = f"{out[-1]} {word}".strip()
        if out[-1] and len(out) < lines and width(longer) > room:
            out.append(word)
        else:
            out[-1] = longer
    return out
