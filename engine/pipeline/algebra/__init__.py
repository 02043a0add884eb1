"""Linear algebra of a layer's rows, on the device where they lie.

products, tiling    products of all rows with all rows, cut as memory allows
fused               squared distances of pairs in one kernel
centred             the centred rows as a linear operator
principal, reduction    principal axes, and wide layers compared on them
sketch              a layer in few columns, for similarities long after the build
trustworthiness     whether neighbours in the embedding are neighbours in the activations
"""
