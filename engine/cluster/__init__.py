"""Other machines by way of Dask. Knows nothing of networks and pictures, and imports no torch.

connect         an address, a scheduler's file, a Client, or `local:N`, to workers
workers         tasks sent out, sent again when a worker dies, and brought back
attempt         a task on a worker
"""
