"""Compiles the translations (.po) to what Python reads (.mo), without any system tool."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_all(folders: list[Path]) -> int:
    """Writes each .mo that is missing or older than its .po; gives their number."""
    count = 0
    for folder in folders:
        for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
                continue
            with source.open("rb") as file:
                catalogue = read_po(file, locale=source.parts[-3])
            part = target.with_suffix(".mo.part")
            with part.open("wb") as file:
                write_mo(file, catalogue)
            part.replace(target)
            count += 1
    return count
