"""What the buttons of the editor do to its rows. Unknown acts only reckon anew."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from django.http import QueryDict

from appraisal.schemes.content import HUNDRED, Content, ItemContent, scaled
from appraisal.schemes.forms import rows as table
from appraisal.schemes.forms.items import item_row, new_row
from appraisal.schemes.forms.rows import Row
from appraisal.schemes.forms.tables import PartForm, new_part
from appraisal.schemes.services.templates import item_from
from appraisal.schemes.words import named
from appraisal.templates_catalogue import companions, keys, template

if TYPE_CHECKING:
    from appraisal.schemes.forms.editor import Editor

STEP = Decimal("0.50")


def do(editor: Editor, data: QueryDict) -> str:
    """Change the rows as the button says; the id of what gets the focus, "" for none."""
    place = int(editor.argument) if editor.argument.isdecimal() else -1
    match editor.act:
        case "up" | "down":
            return _move(editor, place, -1 if editor.act == "up" else 1)
        case "remove":
            _reorder(editor, table.without, place)
        case "add":
            return _add(editor, data.get("add-indicator") or "")
        case "plus" | "minus" if 0 <= place < len(editor.item_rows):
            step = STEP if editor.act == "plus" else -STEP
            row = editor.item_rows[place]
            row["weight"] = [str(min(max(weight(row) + step, Decimal("0.00")), HUNDRED))]
            return f"{editor.act}-{place}"
        case "scale":
            _scale(editor)
        case "band_add":
            editor.band_rows = [*editor.band_rows, _new_band(editor.band_rows)]
        case "band_remove":
            editor.band_rows = table.without(editor.band_rows, place)
        case "part_add":
            editor.part_rows = [*editor.part_rows, new_part(editor.part_rows)]
        case "part_remove":
            editor.part_rows = table.without(editor.part_rows, place)
        case "step_add":
            blank = table.of_items([("lower", ""), ("value", "")])
            editor.coefficient_rows = [*editor.coefficient_rows, blank]
        case "step_remove":
            editor.coefficient_rows = table.without(editor.coefficient_rows, place)
    return ""


def weight(row: Row) -> Decimal:
    """The weight of a row; what is no number counts as nothing."""
    try:
        entered = Decimal(table.text(row, "weight") or "0")
    except InvalidOperation:
        return Decimal("0.00")
    if not entered.is_finite() or not 0 <= entered <= HUNDRED:
        return Decimal("0.00")
    return entered.quantize(Decimal("0.01"))


def optional_items(key: str) -> list[tuple[int, str, str]]:
    """(place, name, indicator) of what a policy names and does not include."""
    if key not in {name for policy in keys() for name in (policy, *companions(policy))}:
        return []
    rows = enumerate(template(key).optional)
    return [(place, named(each.names), each.item.indicator) for place, each in rows]


def _move(editor: Editor, place: int, by: int) -> str:
    _reorder(editor, lambda rows, at: table.moved(rows, at, by), place)
    return f"{editor.act}-{max(0, min(place + by, len(editor.item_rows) - 1))}"


def _reorder(editor: Editor, change: Callable[[list[Row], int], list[Row]], place: int) -> None:
    """Change the order of the items; what names an item by its number still names it."""
    numbers = [table.of_items([("number", str(n + 1))]) for n in range(len(editor.item_rows))]
    after = [table.text(row, "number") for row in change(numbers, place)]
    editor.item_rows = change(editor.item_rows, place)
    for row in editor.item_rows:
        target = table.text(row, "rule-item")
        if table.text(row, "rule") == "veto" and target:
            row["rule-item"] = [str(after.index(target) + 1) if target in after else ""]


def _add(editor: Editor, chosen: str) -> str:
    row = _added(editor, chosen)
    if row is None:
        return ""
    editor.item_rows = [*editor.item_rows, row]
    return f"id_items-{len(editor.item_rows) - 1}-weight"


def _added(editor: Editor, chosen: str) -> Row | None:
    """The row of an indicator of the library, or of an optional item of the policy."""
    kind, _colon, place = chosen.partition(":")
    if kind != "optional":
        indicator = editor.library.get(chosen)
        return new_row(indicator) if indicator is not None else None
    known = {str(number): code for number, _name, code in _optional(editor)}
    if known.get(place) not in editor.library:
        return None
    item = template(editor.version.scheme.template).optional[int(place)].item
    return item_row(item_from(item)) | {"open": ["1"]}


def _optional(editor: Editor) -> list[tuple[int, str, str]]:
    return optional_items(editor.version.scheme.template)


def _scale(editor: Editor) -> None:
    """Weights that total 100.00, and each part's share where all shares are filled in."""
    items = tuple(
        ItemContent(indicator="", rule="", weight=weight(row), part=table.text(row, "part"))
        for row in editor.item_rows
    )
    parts = tuple(PartForm(row, place=n).plain() for n, row in enumerate(editor.part_rows))
    if sum(item.weight for item in items) > 0:
        content = scaled(Content(items=items, parts=parts))
        for row, item in zip(editor.item_rows, content.items, strict=True):
            row["weight"] = [str(item.weight)]


def _new_band(rows: list[Row]) -> Row:
    taken = {table.text(row, "key") for row in rows}
    number = next(each for each in range(1, len(rows) + 2) if f"band{each}" not in taken)
    return table.of_items([("key", f"band{number}"), ("name", "")])
