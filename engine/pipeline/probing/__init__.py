"""Which modules of a network are layers, and the hooks that take what they make of pictures.

trace           every module that runs, in order
probes, blocks  the places that are probed: those asked for, or the blocks that a person would name
first_rows      what the probes see of one picture, and whether it is that picture's alone
taps, pooling   hooks while batches run, and rows of limited width
answers         whether the output is class scores, shares or an embedding
"""
