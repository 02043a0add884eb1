"""Pictures of any origin: files, arrays, data sets, tables, shards and streams; their labels; how each is decoded.

`sources`, above, takes what somebody hands over to one of these.

images          n pictures in a fixed order, whatever they come from: what all of the rest become
Origins         files, arrays, datasets and hf_datasets, shards (WebDataset), streams (iterators), tables
Tables          table_files (.csv, .tsv, .jsonl, .parquet), columns (to attributes), parquet_pictures, joining
Labels          labelled_images, label_values; imagenet, its classes and groups
Decoding        decoding, jpegs (on a GPU), normalisation (of tensors, undone), preparation (of tensors, for a network)
"""
