"""Putting what a stranger's file says into a message a person reads."""

from collections.abc import Sequence

_NAMES = 3


def shown(thing: object, limit: int = 60) -> str:
    """At most `limit` printable characters of it, so no file can fill or steer a terminal."""
    text = "".join(c if c.isprintable() else "?" for c in str(thing)[: limit + 1])
    return text if len(text) <= limit else text[: limit - 3] + "..."


def listed(things: Sequence[object], limit: int = 100) -> str:
    """The first few of them, and how many more there are."""
    few = ", ".join(shown(thing, limit) for thing in things[:_NAMES])
    return few if len(things) <= _NAMES else f"{few} and {len(things) - _NAMES} more"
