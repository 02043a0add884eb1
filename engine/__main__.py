"""`python -m engine` is `umap-tour`."""

from .cli import main

main()
