"""Shader programs from assets/shaders, and textures made of numpy arrays."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtOpenGL import QOpenGLShader, QOpenGLShaderProgram, QOpenGLTexture
from PyQt6.sip import isdeleted, voidptr

from core.errors import WindowError
from ui.gl import UNPACK_ALIGNMENT, Gl

SHADERS = Path(__file__).parent.parent / "assets" / "shaders"


class Program:
    """A linked shader program, with the places of its uniforms looked up once."""

    def __init__(self, fragment: str, defines: tuple[str, ...] = ()) -> None:
        """Build `fragment`.glsl behind picture_vertex.glsl in the current context. Raises: WindowError."""
        self._program = QOpenGLShaderProgram()
        self._places: dict[str, int] = {}
        kinds = QOpenGLShader.ShaderTypeBit
        for kind, name in ((kinds.Vertex, "picture_vertex"), (kinds.Fragment, fragment)):
            lines = ["#version 330 core", *(f"#define {define}" for define in defines), "#line 1"]
            try:
                source = (SHADERS / f"{name}.glsl").read_text("utf-8")
            except OSError as error:
                raise WindowError(
                    f"the shader {name}.glsl cannot be read, {error}: install Fathom again"
                ) from error
            if not self._program.addShaderFromSourceCode(kind, "\n".join([*lines, source])):
                raise self._refused(name)
        if not self._program.link():
            raise self._refused(fragment)

    def bind(self) -> None:
        self._program.bind()

    def set(self, name: str, *values: float) -> None:
        """Set a uniform: ints and bools as int, floats as float or vec2 to vec4. The program must be bound."""
        place = self._places.get(name)
        if place is None:
            place = self._places[name] = self._program.uniformLocation(name)
        self._program.setUniformValue(place, *values)

    def _refused(self, name: str) -> WindowError:
        log = " ".join(self._program.log().split())
        return WindowError(f"the graphics driver refuses the shader {name}.glsl ({log}): update the driver")


class ArrayTexture:
    """A texture that takes numpy arrays; its storage is made anew only when their size changes."""

    def __init__(
        self,
        texture_format: QOpenGLTexture.TextureFormat,
        pixel_format: QOpenGLTexture.PixelFormat,
        pixel_type: QOpenGLTexture.PixelType,
        functions: Gl,
    ) -> None:
        self._format = texture_format
        self._pixels: tuple[Any, Any] = (pixel_format, pixel_type)
        self._gl = functions
        self._texture: QOpenGLTexture | None = None
        self._shown: NDArray[Any] | None = None

    def show(self, array: NDArray[Any]) -> None:
        """Upload `array` (H, W[, channels]) unless it is what was uploaded last."""
        if array is self._shown:
            return
        self._shown = array
        step = -(-max(array.shape[:2]) // self._gl.max_texture_px)
        array = np.ascontiguousarray(array[::step, ::step])
        height, width = array.shape[:2]
        texture = self._texture
        if texture is None or (texture.width(), texture.height()) != (width, height):
            texture = self._allocated(width, height)
        # Rows follow each other without padding, also where the width is odd. Set by hand, as Qt 6.11 does not
        # heed a QOpenGLPixelTransferOptions here.
        self._gl.pixel_store(UNPACK_ALIGNMENT, 1)
        texture.setData(0, 0, 0, width, height, 1, *self._pixels, voidptr(array.ctypes.data))
        self._gl.pixel_store(UNPACK_ALIGNMENT, 4)

    def bind(self, unit: int) -> None:
        if self._texture is not None:
            self._texture.bind(unit)

    def destroy(self) -> None:
        if self._texture is not None and not isdeleted(self._texture):  # deleted: when the interpreter ends
            self._texture.destroy()
        self._texture = self._shown = None

    def _allocated(self, width: int, height: int) -> QOpenGLTexture:
        if self._texture is not None:
            self._texture.destroy()
        texture = self._texture = QOpenGLTexture(QOpenGLTexture.Target.Target2D)
        texture.setFormat(self._format)
        texture.setSize(width, height)
        texture.setMipLevels(1)
        texture.setMinMagFilters(QOpenGLTexture.Filter.Linear, QOpenGLTexture.Filter.Linear)
        texture.setWrapMode(QOpenGLTexture.WrapMode.ClampToEdge)
        texture.allocateStorage(*self._pixels)
        return texture
