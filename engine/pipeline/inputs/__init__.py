"""Pictures of any origin: files, arrays, data sets, tables, shards and streams; their labels; how each is decoded.

`sources`, above, takes what somebody hands over to one of these.
"""
