"""OpenGL for the viewport: the context asked for, whether it can be had, and the few raw calls Qt does not wrap.

PyQt6 wraps the functions of OpenGL 2.0, 2.1 and 4.1 only, and a 3.3 core context offers none of those; so the
handful that is needed is resolved by name from the context, which works on every driver.
"""

import ctypes
from collections.abc import Callable
from typing import Any

from PyQt6.QtGui import QOffscreenSurface, QOpenGLContext, QSurfaceFormat

from core.errors import WindowError

WANTED = (3, 3)

COLOR_BUFFER_BIT = 0x4000
TRIANGLE_STRIP = 0x0005
BLEND = 0x0BE2
SRC_ALPHA = 0x0302
ONE_MINUS_SRC_ALPHA = 0x0303
ONE = 1
MAX_TEXTURE_SIZE = 0x0D33
RENDERER = 0x1F01

_ADVICE = "update the graphics driver, or install Mesa (Debian, Ubuntu: apt install libgl1-mesa-dri libegl1)"

_int, _uint, _float = ctypes.c_int, ctypes.c_uint, ctypes.c_float
_FUNCTIONS: dict[str, tuple[Any, ...]] = {  # result, then arguments
    "glViewport": (None, _int, _int, _int, _int),
    "glClearColor": (None, _float, _float, _float, _float),
    "glClear": (None, _uint),
    "glDrawArrays": (None, _uint, _int, _int),
    "glEnable": (None, _uint),
    "glDisable": (None, _uint),
    "glBlendFuncSeparate": (None, _uint, _uint, _uint, _uint),
    "glGetIntegerv": (None, _uint, ctypes.POINTER(_int)),
    "glGetString": (ctypes.c_char_p, _uint),
}


def surface_format() -> QSurfaceFormat:
    """What the viewport's context asks for: 3.3 core, no depth or stencil buffer."""
    wanted = QSurfaceFormat()
    wanted.setRenderableType(QSurfaceFormat.RenderableType.OpenGL)
    wanted.setVersion(*WANTED)
    wanted.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    wanted.setDepthBufferSize(0)
    wanted.setStencilBufferSize(0)
    return wanted


def check_opengl() -> None:
    """Make a context like the viewport's and drop it again; needs the QApplication, no window.

    Raises: WindowError where this machine has no OpenGL 3.3.
    """
    context = QOpenGLContext()
    context.setFormat(surface_format())
    surface = QOffscreenSurface()
    surface.setFormat(surface_format())
    surface.create()
    if not context.create() or not context.makeCurrent(surface):
        raise WindowError(f"the window needs OpenGL 3.3, and this display offers none: {_ADVICE}")
    try:
        check_context(context)
    finally:
        context.doneCurrent()


def check_context(context: QOpenGLContext) -> None:
    """Raises: WindowError where `context` is older than OpenGL 3.3, or OpenGL ES."""
    got = context.format()
    if context.isOpenGLES() or (got.majorVersion(), got.minorVersion()) < WANTED:
        kind = "OpenGL ES" if context.isOpenGLES() else "OpenGL"
        raise WindowError(
            f"the window needs OpenGL 3.3, and this display offers {kind} "
            f"{got.majorVersion()}.{got.minorVersion()}: {_ADVICE}"
        )


class Gl:
    """The raw calls, resolved for one context, which must be current."""

    viewport: Callable[[int, int, int, int], None]
    clear_color: Callable[[float, float, float, float], None]
    clear: Callable[[int], None]
    draw_arrays: Callable[[int, int, int], None]
    enable: Callable[[int], None]
    disable: Callable[[int], None]
    blend_func_separate: Callable[[int, int, int, int], None]

    def __init__(self, context: QOpenGLContext) -> None:
        """Raises: WindowError where the driver lacks one of them."""
        prototype: Any = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)  # OpenGL is stdcall on Windows
        found = {}
        for name, types in _FUNCTIONS.items():
            address = context.getProcAddress(name.encode())
            if not address:
                raise WindowError(f"the window needs OpenGL 3.3, and this driver has no {name}: {_ADVICE}")
            found[name] = prototype(*types)(int(address))
        self.viewport = found["glViewport"]
        self.clear_color = found["glClearColor"]
        self.clear = found["glClear"]
        self.draw_arrays = found["glDrawArrays"]
        self.enable = found["glEnable"]
        self.disable = found["glDisable"]
        self.blend_func_separate = found["glBlendFuncSeparate"]
        number = _int(0)
        found["glGetIntegerv"](MAX_TEXTURE_SIZE, ctypes.byref(number))
        self.max_texture_px: int = max(number.value, 1024)  # 1024 is what 3.3 promises at the least
        self.renderer: str = (found["glGetString"](RENDERER) or b"").decode(errors="replace")
