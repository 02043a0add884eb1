"""A build spread over the workers of a cluster: specification (what they are told), shards (files of what is finished),
capturing (pictures to rows of each layer), divided (a work, its shards and workers), sending (shards to be captured),
scales (of rows in half precision), searching (rows joined, searched, placed), multiplying (products with a layer's
rows), finding (these three for a layer), passes (the order of it all), imports (what tasks import)."""

IMPORTS = f"{__name__}.imports"
