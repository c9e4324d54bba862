"""What can be wrong with a formula, and at which character."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PROBLEMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "empty": (),
        "too_long": ("most",),
        "bad_character": ("text",),
        "not_closed": (),
        "not_opened": (),
        "incomplete": (),
        "syntax": (),
        "too_deep": ("most",),
        "too_many_parts": ("most",),
        "not_allowed": ("text",),
        "bad_number": ("text",),
        "unknown_function": ("text", "functions"),
        "wrong_arguments": ("function", "least", "most"),
        "bad_places": ("most",),
        "no_names": (),
        "unknown_name": ("name",),
        "cycle": ("chain",),
        "chain_too_long": ("most",),
        "unit_mismatch": ("left", "right"),
        "no_unit": ("left", "right", "operator"),
        "wrong_unit": ("found", "declared"),
    }
)
"""Every problem code, with the names of its params."""


class FormulaError(ValueError):
    """A formula that is refused: a code of PROBLEMS, its params, and where.

    `column` counts the characters of the text from 1.
    """

    def __init__(self, code: str, column: int, **params: str) -> None:
        if set(params) != set(PROBLEMS[code]):
            raise TypeError(f"{code} needs {PROBLEMS[code]}, not {tuple(params)}")
        self.code, self.column, self.params = code, column, params
        super().__init__(f"column {column}: {code} {params}")
