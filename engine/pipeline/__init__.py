"""From images and a network to a Tour: the only half that needs torch.

The steps of a build stand here, what they are made of in rooms of their own:

build, add          the public names: a tour, and new pictures into a finished one
sources, networks   what somebody hands over, to pictures and to a network that is ready to run
activations, loader, processes      pictures, decoded in threads or processes, through the network to one matrix a layer
neighbors           exact nearest neighbours of a layer's rows
embedding           neighbours and the layer before, to a 15-D UMAP
device, trial       what this machine has, and a GPU tried out

inputs/             pictures of any origin, their labels, how each is decoded
models/             networks of any origin, their weights and preprocessing
probing/            which modules are layers, where their rows are, hooks and pooling
numbers/            products, distances, axes, sketches and samples of a layer
building/           what is asked for, plan, passes, layers, the job on disk, the tour put together
growth/             what `add` does to a finished tour
sharded/            the same work cut for the workers of a cluster
"""
