"""Linear algebra of a layer where its activations lie: products, distances, axes, sketches, samples."""
