"""What `umap-tour doctor` says: what is there, and what to do about what is missing.

machine     this machine: libraries, OpenGL, a display
gpu         a GPU tried out, --gpu
cluster     what the workers of a cluster have, --cluster
finding     one line of it
"""
