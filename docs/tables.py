"""Writes README's tables of settings and keys from the code that declares them: `python -m docs.tables`.

With `--check` it changes nothing and exits 1 where README.md is out of date.
"""

import sys
from pathlib import Path

from app.settings import DEFAULTS, OPTIONS, Option
from ui.shortcuts import SHORTCUTS, shown

README = Path(__file__).resolve().parent.parent / "README.md"
_KEPT_BY_THE_WINDOW = ("recent_sources", "window_geometry", "lanes")  # nobody types these


def settings_table() -> str:
    rows = [
        f"| {_name(name, option)} | {_value(getattr(DEFAULTS, name))} | {_meaning(option)} |"
        for name, option in OPTIONS.items()
        if name not in _KEPT_BY_THE_WINDOW
    ]
    return "\n".join(["| setting | default | what it does |", "|---|---|---|", *rows])


def _name(name: str, option: Option) -> str:
    return f"`{name}`, `--{name.replace('_', '-')}`" if option.flag else f"`{name}`"


def _value(default: object) -> str:
    return {"": "", "True": "on", "False": "off"}.get(str(default), f"`{default}`")


def _meaning(option: Option) -> str:
    if option.choices:
        return f"{option.help} {', '.join(f'`{choice}`' for choice in option.choices)}"
    if option.low is not None:
        return f"{option.help} {option.low:g} to {option.high:g}"
    return option.help


def keys_table() -> str:
    groups = list(dict.fromkeys(shortcut.group for shortcut in SHORTCUTS))
    rows = []
    for group in groups:
        keys = [
            f"{_keys(shortcut.keys)} {shortcut.text[0].lower()}{shortcut.text[1:]}"
            for shortcut in SHORTCUTS
            if shortcut.group == group
        ]
        rows.append(f"| {group} | {' · '.join(keys)} |")
    return "\n".join(["| | |", "|---|---|", *rows])


def _keys(keys: tuple[str, ...]) -> str:
    return " ".join(f"<kbd>{shown(key)}</kbd>" for key in keys)


def filled(text: str) -> str:
    """`text` with the tables between their marks renewed. Raises: ValueError where a mark is missing."""
    for name, table in (("settings", settings_table()), ("keys", keys_table())):
        start, end = f"<!-- {name} -->\n", f"\n<!-- end of {name} -->"
        before, _ = text.split(start)
        _, after = text.split(end)
        text = before + start + table + end + after
    return text


if __name__ == "__main__":
    old = README.read_text(encoding="utf-8")
    new = filled(old)
    if "--check" in sys.argv[1:]:
        sys.exit(0 if new == old else "README.md is out of date: run `python -m docs.tables`")
    README.write_text(new, encoding="utf-8")
