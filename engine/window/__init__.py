"""The window: GLFW through vispy, Dear ImGui on top. Shows a viewer, and turns events into its actions.

window        owns the window, its GL context and the loop; canvas, display, events: GLFW
panes, pane   one or two drawings side by side
interaction   what mouse and keys do on the canvas; marks, region_marks: what is drawn over the points
panels/       the chrome at the edges, a file a part
ui, drawing   controls on ImGui, and what they are drawn with; field, menu, strokes, strip, textures, icons
worker        background work; tiles, originals, thumbnails: images read or made in threads
point_lists   selected rows to the clipboard, to files, and back; picture_file: the canvas as a PNG
"""

from .display import choose_platform

choose_platform()
