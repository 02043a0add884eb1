"""Small pictures on the GPU that ImGui draws."""

from collections.abc import Hashable

import numpy as np
from imgui_bundle import imgui
from numpy.typing import NDArray
from OpenGL import GL


class Textures:
    """Owns textures of the current GL context."""

    def __init__(self) -> None:
        self._names: set[int] = set()

    def add(self, pixels: NDArray[np.uint8]) -> imgui.ImTextureRef:
        """A texture of uint8 RGBA (height, width, 4), row 0 on top."""
        pixels = np.ascontiguousarray(pixels)
        name = int(GL.glGenTextures(1))
        self._names.add(name)
        before = GL.glGetIntegerv(GL.GL_TEXTURE_BINDING_2D)
        GL.glBindTexture(GL.GL_TEXTURE_2D, name)
        for parameter, value in (
            (GL.GL_TEXTURE_MIN_FILTER, GL.GL_LINEAR),
            (GL.GL_TEXTURE_MAG_FILTER, GL.GL_LINEAR),
            (GL.GL_TEXTURE_WRAP_S, GL.GL_CLAMP_TO_EDGE),
            (GL.GL_TEXTURE_WRAP_T, GL.GL_CLAMP_TO_EDGE),
        ):
            GL.glTexParameteri(GL.GL_TEXTURE_2D, parameter, value)
        height, width = pixels.shape[:2]
        GL.glTexImage2D(GL.GL_TEXTURE_2D, 0, GL.GL_RGBA8, width, height, 0, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, pixels)
        GL.glBindTexture(GL.GL_TEXTURE_2D, int(before))
        return imgui.ImTextureRef(name)

    def drop(self, texture: imgui.ImTextureRef) -> None:
        """Delete a texture that nothing shows any more."""
        name = int(texture.get_tex_id())
        if name in self._names:
            self._names.remove(name)
            GL.glDeleteTextures([name])

    def close(self) -> None:
        if self._names:
            GL.glDeleteTextures(list(self._names))
        self._names.clear()


class Kept:
    """Owns those pictures of one kind that were wanted last, as textures; the one wanted longest ago goes first."""

    def __init__(self, textures: Textures, most: int) -> None:
        self._textures, self._most = textures, most
        self._kept: dict[Hashable, tuple[imgui.ImTextureRef, object]] = {}

    def get(self, key: Hashable) -> imgui.ImTextureRef | None:
        """What was put there, if it is still kept."""
        if key not in self._kept:
            return None
        self._kept[key] = self._kept.pop(key)
        return self._kept[key][0]

    def put(self, key: Hashable, pixels: NDArray[np.uint8], *, of: object = None) -> imgui.ImTextureRef:
        """As `Textures.add`. of: what stays alive with it, so that its id in a key is its own."""
        if len(self._kept) == self._most:
            self._textures.drop(self._kept.pop(next(iter(self._kept)))[0])
        self._kept[key] = self._textures.add(pixels), of
        return self._kept[key][0]

    def forget(self) -> None:
        """Drop all."""
        for texture, _ in self._kept.values():
            self._textures.drop(texture)
        self._kept.clear()
