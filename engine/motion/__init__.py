"""What moves the frame in time. Imports numpy alone; knows no tour, no window, no pixels but the camera's."""
