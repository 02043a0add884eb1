"""From images and a network to a Tour: the only half that needs torch. Modules are the steps, in order:

device, sources, networks, reading, activations, neighbors, embedding, layers, passes, assembly, build;
digits is the demo's data and network.
"""
