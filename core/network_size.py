"""From the size a person asks for to the height and width the network gets."""

import reprlib

from core.errors import SettingError

STEP_PX = 32
MIN_PX = 64
MAX_PX = 1536


def parse_size(text: str) -> tuple[int, int] | int:
    """`"384"` is the longer side; `"288x512"` is height x width, whatever the aspect setting says.

    Raises: SettingError.
    """
    try:
        numbers = [int(part) for part in text.lower().split("x")]
    except ValueError:
        numbers = []
    if len(numbers) not in (1, 2) or any(n % STEP_PX or not MIN_PX <= n <= MAX_PX for n in numbers):
        raise SettingError(
            f"size must be PX or HxW in multiples of {STEP_PX} from {MIN_PX} to {MAX_PX}, "
            f"got {reprlib.repr(text)}: try 256 or 288x512"
        )
    return numbers[0] if len(numbers) == 1 else (numbers[0], numbers[1])


def network_hw(size: str, aspect: str, picture_hw: tuple[int, int]) -> tuple[int, int]:
    """Height and width for the network, multiples of 32.

    `aspect` "square" gives (px, px), as MiDaS trains; "keep" gives the picture's aspect with px on its longer
    side and the shorter side rounded to the nearest step. Raises: SettingError.
    """
    wanted = parse_size(size)
    if isinstance(wanted, tuple):
        return wanted
    if aspect == "square":
        return wanted, wanted
    height, width = picture_hw
    shorter = wanted * min(height, width) / max(height, width)
    snapped = min(max(STEP_PX * round(shorter / STEP_PX), MIN_PX), wanted)
    return (snapped, wanted) if height <= width else (wanted, snapped)


def size_setting(hw: tuple[int, int], aspect: str, picture_hw: tuple[int, int]) -> str:
    """What to set `size` to, so that the network gets `hw` of such a picture: the longer side where that does."""
    longer = str(max(hw))
    return longer if network_hw(longer, aspect, picture_hw) == hw else f"{hw[0]}x{hw[1]}"
