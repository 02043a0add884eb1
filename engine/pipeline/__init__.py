"""From images and a network to a Tour: the only half that needs torch.

The steps of a build stand here, what they are made of in rooms of their own. From what is above to what is below:

build, add          the public names: a tour, and new pictures into a finished one
sharded/, growth/   the work of a build cut for the workers of a cluster; what `add` does to a finished tour
building/           what is asked for, plan, passes, layers, the job on disk, the tour put together
sources, networks   what somebody hands over, to pictures and to a network that is ready to run
activations, loader, processes      pictures, decoded in threads or processes, through the network to one matrix a layer
placing             new rows among embedded ones
embedding           neighbours and the layer before, to a 15-D UMAP
neighbors           exact nearest neighbours of a layer's rows
probing/            which modules are layers, hooks and pooling
inputs/             pictures of any origin, their labels, how each is decoded
models/             networks of any origin, their weights and preprocessing
algebra/            products, distances, axes, sketches and samples of a layer
device, host_memory, torch_settings     which torch device, array module and UMAP this machine has; torch as it comes

workers, task_imports   the workers of a cluster, and what their tasks import
digits, layer_table, trial      the demo's data and network; what `umap-tour layers` prints; a GPU tried out
"""
