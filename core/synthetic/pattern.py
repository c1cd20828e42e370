"""What a pattern is: four fields that say how three colours and a relief lie on a surface."""

import numpy as np
from numpy.typing import NDArray

from core.synthetic.fields import TEXELS

Pattern = NDArray[np.float32]  # (4, TEXELS, TEXELS), 0..1: tone, first, second, height
_Part = NDArray[np.floating] | NDArray[np.bool_] | float


def pattern(tone: _Part = 0.5, first: _Part = 0.0, second: _Part = 0.0, height: _Part = 0.5) -> Pattern:
    """The ground colour with `first` of a second colour over it and `second` of a third over both.

    `tone` darkens (below 0.5) and lightens all of them, `height` is the relief.
    """
    fields = [
        np.broadcast_to(np.asarray(part, np.float32), (TEXELS, TEXELS)) for part in (tone, first, second, height)
    ]
    return np.clip(np.stack(fields), 0.0, 1.0)
