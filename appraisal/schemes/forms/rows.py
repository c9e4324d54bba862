"""Repeated rows of a form as plain lists: read from what was posted, changed, numbered anew.

A row is a mapping of field names (without the row's number) to lists of texts. Nothing here
is checked; the forms do that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.datastructures import MultiValueDict

Row = dict[str, list[str]]
MOST_ROWS = 100


def read_rows(data: MultiValueDict[str, str], name: str) -> list[Row]:
    """The rows `<name>-0-…`, `<name>-1-…` in order; `<name>-count` says how many there are."""
    try:
        count = min(int(data.get(f"{name}-count") or 0), MOST_ROWS)
    except ValueError:
        count = 0
    rows: list[Row] = [{} for _ in range(max(count, 0))]
    for key in data:
        place, _, field = key.removeprefix(f"{name}-").partition("-")
        if key.startswith(f"{name}-") and field and place.isdecimal() and int(place) < len(rows):
            rows[int(place)][field] = data.getlist(key)
    return rows


def numbered(row: Row, prefix: str) -> MultiValueDict[str, str]:
    """The row as form data under `prefix`."""
    return MultiValueDict({f"{prefix}-{field}": texts for field, texts in row.items()})


def text(row: Mapping[str, list[str]], field: str, default: str = "") -> str:
    """The last text of a field."""
    texts = row.get(field) or [default]
    return texts[-1].strip()


def moved(rows: list[Row], place: int, by: int) -> list[Row]:
    """The rows with the one at `place` moved up (-1) or down (1); as they were at an end."""
    target = place + by
    if not (0 <= place < len(rows) and 0 <= target < len(rows)):
        return rows
    order = list(rows)
    order[place], order[target] = order[target], order[place]
    return order


def without(rows: list[Row], place: int) -> list[Row]:
    """The rows but the one at `place`."""
    return [row for index, row in enumerate(rows) if index != place]


def of_items(pairs: Iterable[tuple[str, str]]) -> Row:
    """A row of single texts."""
    return {field: [content] for field, content in pairs}
