"""What is looked at and how it changes, in numbers alone: neither OpenGL nor a user interface.

viewer        the state of one tour being looked at, what time does to it, and every action of a person
layer_state   which layers are shown: transitions, a scrub, waiting for layers to load
tours         which tour turns the frame, and what the guided one separates
standpoint    from where a tour is seen: frame, layers, camera; framer: keeps the figure in the free area
steering      the camera flies, follows the figure, or goes along a trajectory that is known; flying: what is on its
              way; foresight: what is known to come, at what pace, and that trajectory
journey       through the layers or epochs by itself
saved_views   flights to saved views, alone and side by side; storyteller: the story while it is played and edited
opening       the layer, frame and handles that a tour opens with
resolve       what a View asks for, read off its tour; titles: names of layers
shown         what is shown and how: colours, legend, selection; derived: colouring by movement, difference, agreement
pair          two viewers of the same points side by side; similarity_table: their table as colours
hands         gestures of the mouse: brush, handles, picking of the point under the cursor
budget        how many points of a very large tour a frame draws
listing       points in a list, sorted by a choice; histogram: bins of attributes, and brushes that narrow a selection
screen        where every point is on the screen now; centroids; labels, region_names: where names stand
history       undo and redo; remembered: the window as it was left; unsaved: stories that are not saved yet
tally         counts for the legend
thumbnail     a saved view as a small picture; theme: colours of panels; wrap: text in lines; typefaces: other scripts
"""
