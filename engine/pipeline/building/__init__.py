"""What `build` does: what is asked for, the plan, passes and layers, the job on disk, the tour put together.

options, request    what is asked for, each value checked; network and pictures as they are asked for
work                what that opens, looked at on a few pictures first
fingerprint         what a tour depends on, so that finished work is found again
planning, passes    which layers are captured in which pass, and the passes one after the other
layers              the layers of a pass: neighbours, embedding, alignment
layer_rows          of wide or long layers: the rows that are embedded, the axes they are compared on, the rest placed
neighbors_ahead, background     the next layer's neighbours beside the present embedding; work in a thread
exclusion           pictures and layers that are left out
job, work_files     unfinished work on disk
attributes, sprites, assembly   what is known of every picture, its tile, and the tour put together
"""
