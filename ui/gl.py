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
MAX_TEXTURE_SIZE = 0x0D33
UNPACK_ALIGNMENT = 0x0CF5
TEXTURE0 = 0x84C0
RENDERER = 0x1F01

_ADVICE = "update the graphics driver, or install Mesa (Debian, Ubuntu: apt install libgl1-mesa-dri libegl1)"

# What renderers call themselves that draw on the processor's own cores.
_ON_THE_PROCESSOR = ("llvmpipe", "softpipe", "swrast", "swiftshader", "gdi generic", "basic render", "software")

_int, _uint, _float = ctypes.c_int, ctypes.c_uint, ctypes.c_float
_FUNCTIONS: dict[str, tuple[Any, ...]] = {  # result, then arguments
    "glViewport": (None, _int, _int, _int, _int),
    "glClearColor": (None, _float, _float, _float, _float),
    "glClear": (None, _uint),
    "glDrawArrays": (None, _uint, _int, _int),
    "glActiveTexture": (None, _uint),
    "glPixelStorei": (None, _uint, _int),
    "glGetIntegerv": (None, _uint, ctypes.POINTER(_int)),
    "glGetString": (ctypes.c_char_p, _uint),
}


def surface_format() -> QSurfaceFormat:
    """What the viewport's context asks for: 3.3 core; a stencil buffer for QPainter's marks, no depth buffer."""
    wanted = QSurfaceFormat()
    wanted.setRenderableType(QSurfaceFormat.RenderableType.OpenGL)
    wanted.setVersion(*WANTED)
    wanted.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    wanted.setDepthBufferSize(0)
    wanted.setStencilBufferSize(8)
    return wanted


def hidden_surface() -> QOffscreenSurface:
    """Something a context can be made current on without a window."""
    surface = QOffscreenSurface()
    surface.setFormat(surface_format())
    surface.create()
    return surface


def has_fast_opengl() -> bool:
    """Whether a graphics processor runs OpenGL 3.3 here; tried with a context of its own, without a window."""
    context = QOpenGLContext()
    context.setFormat(surface_format())
    surface = hidden_surface()
    if not context.create() or not context.makeCurrent(surface):
        return False
    try:
        check_context(context)
        return not runs_on_the_processor(Gl(context).renderer)
    except WindowError:
        return False
    finally:
        context.doneCurrent()


def runs_on_the_processor(renderer: str) -> bool:
    """Whether OpenGL of this name is software, which takes the cores that the network needs."""
    return any(name in renderer.lower() for name in _ON_THE_PROCESSOR)


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
    pixel_store: Callable[[int, int], None]
    active_texture: Callable[[int], None]

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
        self.active_texture = found["glActiveTexture"]
        self.pixel_store = found["glPixelStorei"]
        number = _int(0)
        found["glGetIntegerv"](MAX_TEXTURE_SIZE, ctypes.byref(number))
        self.max_texture_px: int = max(number.value, 1024)  # 1024 is what 3.3 promises at the least
        self.renderer: str = (found["glGetString"](RENDERER) or b"").decode(errors="replace")
