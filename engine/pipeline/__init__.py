"""From images and a network to a Tour: the only half that needs torch.

A build     build, the public name; options, work, planning, passes, layers, exclusion, assembly, attributes,
            job, fingerprint, background (threads and streams)
Growing     add, the public name; origin, placing, growing, grown, trust: new pictures into a finished tour
Pictures    sources takes what somebody hands over: files, arrays, datasets, hf_datasets, shards, streams, tables
            with table_files, columns and parquet_pictures; images (the value), label_values, labelled_images, joining,
            imagenet; preparation, normalisation, sprites; digits (the demo's)
Networks    networks takes a name or a module: torchvision_models, timm_models, open_clip_models, hf_models,
            factories, checkpoint, weights; network (the value)
Probes      probes, blocks, trace, rows, listing: which modules are layers, and where their rows are
Activations activations, loader, taps, pooling, answers, borrowed
Numbers     neighbors, products, fused, centred, principal, sketch, embedding, ahead; comparing and
            reduction (samples, few axes); device, trial (of a GPU)
"""
