"""The Tour: what a build makes and a window shows. The only thing both halves know: neither torch nor OpenGL.

Values stand at the bottom (view, point_numbers, alignment, order, tour); what reads, writes, joins, matches and
measures tours stands above them. Importing any of it brings in `writing`, which gives tours their `save`.

    On disk     schema, reading, writing, manifest, integrity, replacing, tables, sprite_layout, sprite_pages, story,
                story_saving; appended (more points)
    Checked     checks, json_files, number_lists: values and files that nobody vouches for
    Images      folders, image_files, pixels, tiles
    Published   published: published_meta, published_embeddings, published_attributes, published_labels,
                published_images, published_states
    Two tours   matching, epochs, movement, similarity, sketches
    Points      colors, search, rows, named_selections, neighbors, agreement, regions, findings; synthetic, made-up ones
"""

from . import writing as writing
