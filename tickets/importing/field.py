"""What is known about one field that a file can fill."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Field:
    """`kind` names the converter: id, words, instant, day, month (a day, or a month's last day),
    seconds, count, amount, flag, choice, person, group, tags, customer or score. `limit` is the
    greatest length in characters, `unit` that of plain numbers of a duration.
    """

    name: str
    label: Any
    kind: str = "words"
    limit: int = 100
    unit: str = "s"
