"""OpenGL through vispy.gloo: the only place that draws points and images, besides the window's own panels.

One pass, one file, one pair of shaders; `scene` orders them. It draws into whatever framebuffer is bound.

    Passes      points, sprites, density, occlusion
    On the GPU  buffers (points), looks (their colours, and whether they are selected), parts (which of them are drawn);
                images: atlas, stack, matte, block_compression
    Around them scene, viewport, painter, gathering (very large tours), shader, glsl, state; offscreen, by egl or a
                hidden_window; core_profile, for macOS; baseline and benchmark; display, whether there is one
"""
