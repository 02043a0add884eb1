"""The window: GLFW through vispy, Dear ImGui on top. Shows a viewer, and turns events into its actions.

window        the loop that shows a viewer; surface, canvas, events: GLFW's window and GL context, ImGui's;
              window_system: X11 or Wayland
faults        what fails costs a message; keeping: unsaved stories, and how the window was left
panes, pane   one or two drawings side by side
commands      what Esc, Tab, keys with Ctrl and dropped files do
interaction   mouse and keys to gestures and actions; marks, region_marks: what is drawn over the points
panels/       the chrome at the edges, a file a part
ui, drawing   controls on ImGui, and what they are drawn with; fonts, shaped (text), text_field, menu, strokes, strip,
              textures, icons; imgui_backend: ImGui drawn by OpenGL
worker        background work; tiles, originals, thumbnails: images read or made in threads
point_lists   selected rows to the clipboard, to files, and back; picture_file: the canvas as a PNG
"""

from .window_system import choose_platform

choose_platform()
