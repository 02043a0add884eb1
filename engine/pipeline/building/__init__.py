"""What `build` does: what is asked for, the plan, passes and layers, the job on disk, the tour put together."""
