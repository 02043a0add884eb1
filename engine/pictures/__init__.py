"""Pictures and films of tours in files or arrays, without a window or a display.

snapshot      one picture; gallery: pictures and a film of a whole tour
film          of one tour or its story; side_by_side: pictures and films of two tours
heatmap       similarities of layers; similarity_files: the same as PNG, CSV and NPY
lettering     captions, handles and names drawn into pictures
"""
