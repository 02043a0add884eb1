"""A build spread over the workers of a cluster: specification (what they are told), shards (files of what is finished),
capturing (pictures to rows of each layer), scales (of rows in half precision), searching (rows joined, and their
neighbours), multiplying (products with a layer's rows), passes (the order of it all)."""
