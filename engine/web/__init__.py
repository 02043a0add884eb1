"""The browser's half as Python hands it out: a page in a folder, from a server, in a notebook; web/ has what it runs.

Nothing here opens a window or needs OpenGL.
"""
