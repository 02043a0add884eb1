"""A build spread over the workers of a cluster.

passes          the order of it all
specification   what workers are told; fitness: what they have; divided: a work, its shards and workers
shards          files of what is finished
capturing       pictures to rows of each layer; sending: shards to be captured; scales: of rows in half precision
finding         the neighbours of a layer, by searching (rows joined, searched, placed) and multiplying (products)
"""
