"""Networks of any origin as one kind of value: the libraries that make them, their weights, their preprocessing.

`networks`, above, takes a name or a module to one of these.

network         the value; preset: preprocessing in two parts; output_rows: where outputs have the pictures' rows
Origins         torchvision_models, timm_models, hf_models, open_clip_models, factories (somebody's own code)
Weights         checkpoint (files to tensors), weights (tensors into a module)
borrowed        somebody's module in evaluation for as long as a build needs it
"""
