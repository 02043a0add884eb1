"""`python -m engine` is `umap-tour`."""

from .cli import main

if __name__ == "__main__":  # and not when a worker that was started here reads it again
    main()
