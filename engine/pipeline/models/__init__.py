"""Networks of any origin as one kind of value: the libraries that make them, their weights, their preprocessing.

`networks`, above, takes a name or a module to one of these.
"""
