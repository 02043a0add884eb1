"""What moves the frame in time. Imports numpy alone; knows no tour, no window, no pixels but the camera's.

Algebra     rotation, plane_geodesic, random
Tours       grandtour, walk and what walks: little, local, guided; flat, in two dimensions
A person    handle, selection, flight, transition
The screen  camera, framing, pace and trajectory (of a known path, and of a camera along it), projection, shot,
            crowding, label_placement (of the names of regions)
"""
