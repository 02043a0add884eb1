"""One line of what `umap-tour doctor` says."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What was looked for, what was found, and what to do about it."""

    what: str
    found: str
    remedy: str = ""
    needed: bool = True

    @property
    def mark(self) -> str:
        """+ there, - not there and not needed, x not there and needed."""
        return "+" if not self.remedy else "x" if self.needed else "-"
