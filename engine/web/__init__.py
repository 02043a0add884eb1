"""The browser's half as Python hands it out: a page in a folder, from a server, in a notebook; web/ has what it runs.

Nothing here opens a window or needs OpenGL.

    What        choice, contents, quantise, images: what of a tour goes into a page, and how
    Where to    page with minify and renaming; export, article, serve with connections, pieces and originals,
                widget with notebook
"""
