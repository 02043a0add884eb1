"""Other machines by way of Dask: connect (addresses to clients), workers (tasks sent out, retried, brought back).
Knows nothing of networks and pictures, and torch is not imported here."""
