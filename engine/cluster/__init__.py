"""Other machines by way of Dask: connect (addresses to clients), workers (tasks sent out, retried, brought back),
attempt (a task on a worker).
Knows nothing of networks and pictures, and torch is not imported here."""
