"""What each kind of material may look like: patterns, colours and ranges, as data."""

from typing import NamedTuple

Range = tuple[float, float]

WHITES = ("f2efe6", "eae6da", "dfe4e6", "f5f5f2", "e3dccb", "d8d5cf")
GREYS = ("b9b9b6", "8f9294", "6c6f72", "a8a29a", "cfcfcc", "505356")
DARKS = ("1d1d1f", "2a2b2e", "151515", "26221e", "1b2028", "3a3a3c")
WALLS = (
    "e8dfcf",
    "d9d2c4",
    "c9d3d6",
    "cdd6c4",
    "e6d3c3",
    "bcc7cf",
    "8fa3ad",
    "d8c49a",
    "a7b79c",
    "c98f7a",
    "6f7f8f",
)
WOODS = ("b98a5a", "8a5a36", "d4ac78", "6a4227", "caa06c", "4a2f1f", "e2c79c", "9c7350", "a9774a", "7b6a58")
STONES = ("b5ada0", "8d867b", "d6cfc1", "6f6a64", "a39a8a", "c2b8a6", "57534f")
EARTHS = ("7a5c3e", "8f7450", "5b4630", "a88c63", "6b5a45", "9a7f5c", "b39a72")
GREENS = ("4c6b2f", "5f7f3a", "37542a", "7f9448", "2f4a2c", "6c8a52", "93a35c", "556b45", "8a8f4a")
SKINS = ("f1c9a9", "e3b08b", "c98f67", "a86f49", "8a5434", "5e3823", "f4d6c0", "d39c78", "45291b", "efc0a0")
HAIRS = ("1a1512", "2c1f17", "4a3222", "7b5735", "b08a55", "d6bd8a", "8c8883", "c7c2bb", "6b2f1c", "0f0e0e")
CLOTHS = (
    "1f2a44", "2b2b2e", "7b1f26", "d8d4ca", "3c5a78", "5b6b4a", "c89b3c", "8a8d91", "f0ede6", "b24a3a",
    "2f4f4f", "6a4a6e", "e0a030", "c04060", "3a6ea5", "101012",
)  # fmt: skip
VIVID = (
    "c62828", "1565c0", "2e7d32", "f9a825", "ef6c00", "6a1b9a", "00838f", "ad1457", "f5f5f5", "212121",
    "4fc3f7", "9ccc65", "d7ccc8", "ffb300",
)  # fmt: skip
PAINTS = ("f4f4f2", "1b1c1e", "8c9196", "b3202a", "1d3f73", "c9cdd1", "5a5f63", "2f4a3a", "d9c9a3", "6d1f24")
METALS = ("c7c9cc", "9a9da1", "b8b2a8", "d9d4c8", "7d7f82", "b08d57", "5f6164")


class Kind(NamedTuple):
    """Ranges are drawn from evenly. Colours are sRGB; a field of the chosen pattern mixes three of them.

    The second colour departs from the first by `second` towards one of `accents`; the third likewise by `third`,
    towards a dark version of the first where `grooves` says so (mortar, gaps, shade between leaves).
    """

    patterns: dict[str, float]  # names and how often each is taken
    palette: tuple[str, ...]
    accents: tuple[str, ...] = ()  # the palette where empty
    second: Range = (0.2, 0.8)
    third: Range = (0.3, 0.8)
    grooves: float = 0.7  # how often the third colour is the dark of a groove
    vivid: Range = (0.5, 1.3)  # times the saturation of its colours
    contrast: Range = (0.2, 0.7)  # how much of the pattern's tone shows
    fine: Range = (0.05, 0.25)  # detail of centimetres and less
    coarse: Range = (0.05, 0.25)  # blotches, dirt, wear of metres
    scale: Range = (0.8, 1.3)  # times the pattern's own period
    gloss: Range = (0.0, 0.2)  # 0 dull, 1 a mirror
    metal: Range = (0.0, 0.0)
    relief: Range = (0.2, 1.0)  # 1: a tilt of about 25 degrees where the pattern is steepest
    glow: Range = (0.0, 0.0)  # light given off, 1 is as bright as white paper in full light
    pane: bool = False  # what it gives off comes from behind it, so it may be dark
    on_face: bool = False  # the pattern covers the face it lies on once, upright


_SMOOTH = {"plaster": 4.0, "clouds": 1.0}
_PRINTED = dict.fromkeys(("landscape", "collage", "portrait", "cover", "chart", "sign", "page"), 1.0)

KINDS: dict[str, Kind] = {
    "wall": Kind(
        {"plaster": 9, "stripes": 0.5, "floral": 0.6, "bricks": 0.8, "siding": 0.4, "metro_tiles": 0.5,
         "panels": 0.4, "small_tiles": 0.3, "mixed_stripes": 0.2, "spots": 0.2, "marble": 0.2},
        WHITES + WALLS, second=(0.05, 0.5), contrast=(0.01, 0.3), fine=(0.01, 0.12), coarse=(0.0, 0.14),
        gloss=(0.0, 0.25), relief=(0.02, 0.6),
    ),
    "ceiling": Kind(
        {"plaster": 8, "large_tiles": 1, "siding": 0.5, "planks": 0.5}, WHITES, second=(0.0, 0.2),
        third=(0.1, 0.4),
        contrast=(0.01, 0.15), fine=(0.01, 0.08), coarse=(0.0, 0.08), relief=(0.02, 0.3),
    ),
    "floor": Kind(
        {"planks": 5, "parquet": 2, "large_tiles": 2, "small_tiles": 0.6, "checkered": 0.8, "hexagons": 0.5,
         "carpet": 2, "marble": 0.7, "terrazzo": 0.7, "plaster": 1, "panels": 0.4},
        WOODS + WOODS + STONES + GREYS, accents=WOODS + STONES + WHITES + DARKS, second=(0.1, 0.6),
        contrast=(0.1, 0.8), gloss=(0.0, 0.65), relief=(0.05, 0.5),
    ),
    "wood": Kind(
        {"grain": 6, "planks": 0.6, "plaster": 1.2}, (*WOODS, *WOODS, *WHITES[:3], *DARKS[:2]), second=(0.05, 0.4),
        contrast=(0.15, 0.7), gloss=(0.05, 0.6), relief=(0.05, 0.4),
    ),
    "fabric": Kind(
        {"weave": 3, "twill": 2, "knit": 1, "crumpled": 3, "stripes": 1, "mixed_stripes": 0.8, "tartan": 0.8,
         "spots": 0.5, "floral": 1, "plaster": 2}, CLOTHS + WALLS, accents=CLOTHS, gloss=(0.0, 0.12),
        contrast=(0.15, 0.6), relief=(0.3, 1.4),
    ),
    "curtain": Kind(
        {"crumpled": 2, "stripes": 1, "floral": 1, "weave": 1, "corrugated": 2}, CLOTHS + WHITES + WALLS,
        accents=CLOTHS, contrast=(0.2, 0.6), relief=(0.4, 1.5),
    ),
    "carpet": Kind(
        {"carpet": 3, "rug": 3, "stripes": 0.5, "weave": 1}, CLOTHS + EARTHS, accents=CLOTHS + WHITES, grooves=0.2,
        second=(0.3, 1.0), third=(0.4, 1.0), contrast=(0.2, 0.7), gloss=(0.0, 0.05),
    ),
    "metal": Kind(
        {"strata": 3, "plaster": 4, "rust": 0.6, "mesh": 0.5}, METALS + PAINTS[:3], second=(0.1, 0.6),
        contrast=(0.02, 0.3), gloss=(0.35, 0.9), metal=(0.3, 1.0), relief=(0.02, 0.3),
    ),
    "plastic": Kind(
        {"plaster": 6, "leather": 0.6, "mesh": 0.4, "stripes": 0.3}, VIVID + WHITES + DARKS + GREYS,
        second=(0.0, 0.4), contrast=(0.01, 0.15), fine=(0.0, 0.08), coarse=(0.0, 0.08), gloss=(0.15, 0.85),
        relief=(0.0, 0.25),
    ),
    "skin": Kind(
        {"plaster": 3, "leather": 1}, SKINS, vivid=(0.55, 0.95), second=(0.0, 0.1), third=(0.0, 0.15),
        contrast=(0.05, 0.2),
        fine=(0.01, 0.07), coarse=(0.05, 0.2), scale=(0.1, 0.4), gloss=(0.1, 0.4), relief=(0.02, 0.25),
    ),
    "hair": Kind(
        {"fur": 1}, HAIRS, second=(0.05, 0.4), contrast=(0.4, 1.0), gloss=(0.2, 0.6), relief=(0.4, 1.5),
    ),
    "clothes": Kind(
        {"plaster": 3, "twill": 2, "weave": 1, "knit": 1.5, "crumpled": 4, "stripes": 1, "mixed_stripes": 0.6,
         "tartan": 1, "spots": 0.5, "floral": 0.6}, CLOTHS, second=(0.2, 1.0), third=(0.2, 0.9), grooves=0.5,
        contrast=(0.15, 0.6), coarse=(0.05, 0.3), gloss=(0.0, 0.12), relief=(0.3, 1.6),
    ),
    "foliage": Kind(
        {"leaves": 5, "grass": 1}, GREENS, accents=(*GREENS, "b58a2f", "a5552a"), second=(0.1, 0.6),
        third=(0.5, 0.9), grooves=1.0, contrast=(0.5, 1.0), fine=(0.1, 0.4), coarse=(0.1, 0.4), gloss=(0.05, 0.35),
        relief=(0.6, 1.8),
    ),
    "bark": Kind(
        {"bark": 5, "grain": 0.5}, (*EARTHS, *WOODS, "cfc9bd"), third=(0.5, 0.9), contrast=(0.4, 1.0),
        relief=(0.6, 1.8),
    ),
    "grass": Kind(
        {"grass": 5, "leaves": 0.5}, GREENS, accents=("c9b26a", "8f7f45", *GREENS), third=(0.1, 0.6), grooves=0.3,
        contrast=(0.4, 1.0), coarse=(0.1, 0.5), fine=(0.1, 0.4), relief=(0.3, 1.2),
    ),
    "ground": Kind(
        {"soil": 3, "pebbles": 1.5, "strata": 1, "plaster": 1, "grass": 1, "asphalt": 0.5},
        EARTHS + STONES, accents=EARTHS + GREENS, contrast=(0.3, 0.9), coarse=(0.05, 0.35), fine=(0.1, 0.4),
        relief=(0.3, 1.2),
    ),
    "road": Kind(
        {"asphalt": 5, "pebbles": 0.3, "panels": 0.5}, (*GREYS, "4b4b4d", "3a3b3d", "5d5a57"),
        accents=WHITES + GREYS, second=(0.1, 0.5), contrast=(0.2, 0.7), coarse=(0.02, 0.25), gloss=(0.0, 0.3),
    ),
    "pavement": Kind(
        {"large_tiles": 2, "bricks": 1.5, "metro_tiles": 1, "hexagons": 0.5, "panels": 1.5, "asphalt": 1,
         "pebbles": 0.6}, STONES + GREYS, accents=(*STONES, "9c5a44"), second=(0.05, 0.5), contrast=(0.2, 0.8),
        coarse=(0.03, 0.3),
    ),
    "facade": Kind(
        {"front": 6, "bricks": 1.5, "plaster": 1, "panels": 1, "siding": 0.7, "shingles": 0.3, "corrugated": 0.4},
        (*WALLS, *WHITES, *STONES, "9c4a38", "a8604a"), accents=STONES + WHITES, second=(0.05, 0.4),
        contrast=(0.1, 0.6), coarse=(0.02, 0.25),
    ),
    "roof": Kind(
        {"shingles": 4, "corrugated": 1, "asphalt": 0.6}, (*GREYS, "8a4a38", "6b3a2e", "a05a40", "4a4a50"),
        contrast=(0.3, 0.9), coarse=(0.1, 0.4), relief=(0.5, 1.5),
    ),
    "glass": Kind(
        {"plaster": 1}, ("101418", "1c2730", "28343c", "3c4a50", "0c0d0e"), second=(0.0, 0.1), contrast=(0.0, 0.1),
        fine=(0.0, 0.03), gloss=(0.8, 1.0), relief=(0.0, 0.02),
    ),
    "vehicle": Kind(
        {"plaster": 6, "rust": 0.3}, PAINTS, second=(0.0, 0.3), contrast=(0.0, 0.1), fine=(0.0, 0.04),
        coarse=(0.02, 0.2), gloss=(0.55, 0.95), relief=(0.0, 0.05),
    ),
    "paper": Kind(
        {"page": 4, "plaster": 2, "chart": 1, "crumpled": 1}, WHITES, second=(0.0, 0.1), contrast=(0.02, 0.15),
        fine=(0.0, 0.06), coarse=(0.0, 0.1), relief=(0.0, 0.4), on_face=True,
    ),
    "poster": Kind(_PRINTED, WHITES, fine=(0.0, 0.05), coarse=(0.0, 0.1), gloss=(0.0, 0.6), relief=(0.0, 0.05),
                   on_face=True),
    "screen": Kind(
        {"editor": 2, "windows": 4, "landscape": 1, "chart": 1, "portrait": 0.5, "page": 1, "collage": 0.3},
        WHITES, fine=(0.0, 0.02), coarse=(0.0, 0.02), gloss=(0.5, 0.95), relief=(0.0, 0.0),
        glow=(0.2, 1.6), on_face=True,
    ),
    "book": Kind(
        {"cover": 5, "plaster": 2, "sign": 1, "collage": 0.5}, VIVID + CLOTHS, accents=VIVID, fine=(0.0, 0.1),
        gloss=(0.0, 0.5), contrast=(0.05, 0.3), relief=(0.0, 0.3), on_face=True,
    ),
    "box": Kind(
        {"plaster": 3, "cover": 2, "sign": 1, "strata": 0.5}, ("b08d62", "c4a274", "9a7850", *VIVID, *WHITES),
        accents=VIVID, contrast=(0.05, 0.25), gloss=(0.0, 0.4), relief=(0.0, 0.3), on_face=True,
    ),
    "window": Kind(
        {"outside": 6, "landscape": 1, "plaster": 1}, ("f6f8fa", "dfe8f0", "20242c"), fine=(0.0, 0.02),
        contrast=(0.0, 0.1), gloss=(0.6, 1.0), relief=(0.0, 0.0), glow=(0.5, 1.3), pane=True, on_face=True,
    ),
    "lamp": Kind(
        _SMOOTH, ("fff4e0", "ffffff", "ffe2b0", "f0f6ff"), second=(0.0, 0.1), contrast=(0.0, 0.1), glow=(1.0, 6.0),
        relief=(0.0, 0.0),
    ),
    "ceramic": Kind(
        {"plaster": 5, "stripes": 0.7, "spots": 0.4, "floral": 0.8, "clouds": 0.6}, WHITES + VIVID + EARTHS,
        accents=VIVID, second=(0.1, 1.0), contrast=(0.01, 0.2), fine=(0.0, 0.06), scale=(0.2, 0.6),
        gloss=(0.3, 0.9), relief=(0.0, 0.15),
    ),
    "leather": Kind(
        {"leather": 4, "crumpled": 2}, ("3a2418", "5a3822", "1a1614", "7b4f2e", "c9b59a", "22262c", "6a1f1f"),
        second=(0.0, 0.3), contrast=(0.1, 0.5), gloss=(0.2, 0.6), relief=(0.2, 1.2),
    ),
    "dark": Kind(
        _SMOOTH | {"leather": 1.0, "mesh": 0.5}, DARKS, second=(0.0, 0.2), contrast=(0.02, 0.3), fine=(0.0, 0.1),
        gloss=(0.0, 0.6), relief=(0.0, 0.3),
    ),
    "glossy": Kind(
        _SMOOTH | {"marble": 1.0}, VIVID + WHITES + DARKS + PAINTS, second=(0.0, 0.5), contrast=(0.0, 0.15),
        fine=(0.0, 0.03), gloss=(0.6, 1.0), metal=(0.0, 0.3), relief=(0.0, 0.05),
    ),
}  # fmt: skip
