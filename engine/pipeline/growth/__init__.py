"""What `add` does: a finished tour opened again, its new pictures placed shard by shard, and written into it."""
