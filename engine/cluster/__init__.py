"""Other machines by way of Dask: connect (addresses to clients), crew (errands sent out, retried, brought back),
survey (what the workers have). Knows nothing of networks and pictures, and torch is not imported here."""
