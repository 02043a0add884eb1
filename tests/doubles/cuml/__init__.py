"""A test double of cuML: its UMAP alone."""
