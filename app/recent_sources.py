"""The sources that were opened lately, as the picker lists them: newest first."""

from app.paths import in_full

MOST = 8
_ALWAYS_LISTED = ("", "demo", "camera")  # sources the picker offers anyway


def with_source(recent: tuple[str, ...], address: str) -> tuple[str, ...]:
    """`recent` after `address` was opened."""
    if _is_always_listed(address):
        return recent
    return (address, *(other for other in recent if other != address))[:MOST]


def to_remember(address: str) -> str:
    """`address` as it means the same from any folder."""
    return address if _is_always_listed(address) else in_full(address)


def _is_always_listed(address: str) -> bool:
    return address.partition(":")[0] in _ALWAYS_LISTED
