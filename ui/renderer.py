"""Draws panes of colour and depth into whatever framebuffer is bound: the viewport's, or one for a snapshot."""

from PyQt6.QtGui import QOpenGLContext
from PyQt6.QtOpenGL import QOpenGLTexture, QOpenGLVertexArrayObject
from PyQt6.sip import isdeleted

from core import colormaps
from core.depth_range import scale_of
from core.look import Look
from ui import gl
from ui.fit import Content, Pane
from ui.gl_program import ArrayTexture, Program
from ui.scene import BACKGROUND, Scene, on_pixels

_COLOUR, _DEPTH, _COLORMAP = range(3)  # texture units
_SHRUNK = 0.6  # a picture shown smaller than this is averaged over four lookups
_FEATURES = {
    Content.COLOUR: ("SHOWS_COLOUR",),
    Content.DEPTH: ("SHOWS_DEPTH",),
    Content.OVERLAY: ("SHOWS_COLOUR", "SHOWS_DEPTH"),
}


class _Textures:
    """What one scene is drawn from. The context must be current."""

    def __init__(self, functions: gl.Gl) -> None:
        formats, pixels, types = QOpenGLTexture.TextureFormat, QOpenGLTexture.PixelFormat, QOpenGLTexture.PixelType
        self._colour = ArrayTexture(formats.RGB8_UNorm, pixels.RGB, types.UInt8, functions)
        self._depth = ArrayTexture(formats.R32F, pixels.Red, types.Float32, functions)
        self._colormap = ArrayTexture(formats.RGB8_UNorm, pixels.RGB, types.UInt8, functions)

    def take(self, scene: Scene) -> None:
        """Upload what is new of `scene` and bind it for the panes that are drawn next."""
        if any(pane.content is not Content.DEPTH for pane in scene.panes):
            self._colour.show(scene.rgb)
        self._colour.bind(_COLOUR)
        if scene.depth is not None:
            self._depth.show(scene.depth)
            self._depth.bind(_DEPTH)
            self._colormap.show(colormaps.table(scene.look.colormap)[None])
            self._colormap.bind(_COLORMAP)

    def destroy(self) -> None:
        for texture in (self._colour, self._depth, self._colormap):
            texture.destroy()


class Renderer:
    """Owner of everything that lives in one OpenGL context. That context must be current in every call.

    It frees itself when the context goes, which is also the case when the canvas moves to another window or dies.
    Used by: window thread.
    """

    def __init__(self, context: QOpenGLContext) -> None:
        """Raises: WindowError where the context is too old or refuses a shader."""
        gl.check_context(context)
        self._context = context
        self._last_surface = gl.hidden_surface()
        self._gl = gl.Gl(context)
        self._corners = QOpenGLVertexArrayObject()  # empty: the vertex shader makes the corners of their numbers
        self._corners.create()
        self._programs: dict[tuple[Content, int], Program] = {}
        self._textures = _Textures(self._gl), _Textures(self._gl)  # of the scene, and of the one beside it
        for content in Content:  # now, so that a driver that refuses one says so at the start
            self._program(content, 1)
        context.aboutToBeDestroyed.connect(self._free)

    @property
    def max_texture_px(self) -> int:
        return self._gl.max_texture_px

    def draw(
        self,
        scene: Scene,
        target_wh: tuple[int, int],
        density: float = 1.0,
    ) -> None:
        """Clear the bound framebuffer of `target_wh` device pixels and draw the scene, without its marks.

        `density`: device pixels in a logical one.
        """
        self.clear(target_wh)
        for textures, part in zip(self._textures, scene.parts, strict=False):
            textures.take(part)
            for pane in part.panes:
                if part.depth is not None or pane.content is Content.COLOUR:
                    self._draw_pane(pane, part.look, part.rgb.shape[1], target_wh, density)
        self._gl.active_texture(gl.TEXTURE0)  # QPainter, which paints the marks next, takes that for granted

    def clear(self, target_wh: tuple[int, int]) -> None:
        """Nothing but the background."""
        self._gl.viewport(0, 0, *target_wh)
        self._gl.clear_color(BACKGROUND.redF(), BACKGROUND.greenF(), BACKGROUND.blueF(), 1.0)
        self._gl.clear(gl.COLOR_BUFFER_BIT)

    def _free(self) -> None:
        """The context is about to go: the last moment at which its objects can be freed.

        It is not current any more, the canvas's surface is gone, and so is the canvas, maybe. Left to Python's
        garbage collector, textures would reach for a context that is no longer there.
        """
        if isdeleted(self._last_surface):
            return  # the interpreter ends and takes its objects down in any order; the process frees the rest
        self._context.makeCurrent(self._last_surface)
        for textures in self._textures:
            textures.destroy()
        self._programs.clear()
        self._context.doneCurrent()

    def _draw_pane(
        self, pane: Pane, look: Look, picture_width_px: int, target_wh: tuple[int, int], density: float
    ) -> None:
        left, top, right, bottom = on_pixels(pane.visible, density)
        picture = pane.picture
        if right <= left or bottom <= top:
            return
        shrunk = picture.width * density < _SHRUNK * picture_width_px
        program = self._program(pane.content, 4 if shrunk else 1)
        program.bind()
        across, down = density * picture.width, density * picture.height
        program.set(
            "part",
            (left - density * picture.x) / across,
            (top - density * picture.y) / down,
            (right - left) / across,
            (bottom - top) / down,
        )
        if pane.content is not Content.COLOUR:
            program.set("depth_range", float(look.low), scale_of(look.low, look.high))
            program.set("invert", int(look.invert))
        if pane.content is Content.OVERLAY:
            program.set("opacity", float(look.opacity))
        self._draw_rectangle(left, top, right, bottom, target_wh)

    def _draw_rectangle(self, left: int, top: int, right: int, bottom: int, target_wh: tuple[int, int]) -> None:
        self._gl.viewport(left, target_wh[1] - bottom, right - left, bottom - top)
        self._corners.bind()
        self._gl.draw_arrays(gl.TRIANGLE_STRIP, 0, 4)
        self._corners.release()

    def _program(self, content: Content, colour_taps: int) -> Program:
        if content is Content.DEPTH:
            colour_taps = 1
        program = self._programs.get((content, colour_taps))
        if program is None:
            program = Program("picture_fragment", (*_FEATURES[content], f"COLOUR_TAPS {colour_taps}"))
            program.bind()
            program.set("colour_picture", _COLOUR)
            program.set("inverse_depth", _DEPTH)
            program.set("colormap", _COLORMAP)
            self._programs[content, colour_taps] = program
        return program
