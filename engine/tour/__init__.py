"""The Tour: what a build makes and a window shows. numpy and pandas alone; the only thing both halves know."""
