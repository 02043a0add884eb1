"""What a person sees: the window with its panels, and pictures and films made without one."""
