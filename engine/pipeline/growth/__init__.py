"""What `add` does: a finished tour opened again, its new pictures placed shard by shard, and written into it.

origin          what the tour was built from, and whether it still is what it was then
growing         new pictures placed in every layer; newcomers: one shard of them; by_workers: the same by a cluster
grown           the tour with its new pictures
"""
