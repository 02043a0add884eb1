"""Which modules of a network are layers, where their rows for the pictures are, and the hooks that take them."""
