"""How one file is to be read: what was recognised and what a person has chosen."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

ORDERS = ("dmy", "mdy", "serial")


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person or a command has decided; everything left empty is recognised.

    `columns`: field → column (see Plan); "" takes the field out. `values`: field → text → value.
    `date_order` is for every column that needs one, `date_orders` for single ones.
    `header_row` counts records from 1.
    """

    source: str = ""
    profile: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    timezone: str = ""
    scale: int | None = None
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header_row: int | None = None
    date_order: str = ""
    date_orders: Mapping[str, str] = field(default_factory=dict)
    create_agents: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole reading of a file; JSON in `Import.mapping`.

    `columns`: field → header of its column, `header#2` for the second of that name, two joined
    by "+" where a value is made of both. `orders`: column → dmy, mdy, serial or mixed.
    `units`: field → unit of plain numbers. `scale` None: not known, or given by a column.
    """

    kind: str
    source: str
    profile: str
    format: str
    encoding: str
    delimiter: str
    sheet: str
    header_row: int
    columns: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    constants: Mapping[str, str]
    units: Mapping[str, str]
    orders: Mapping[str, str]
    rules: tuple[str, ...]
    timezone: str
    scale: int | None
    create_agents: bool
    empty: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Plan":
        return cls(**{**data, "rules": tuple(data["rules"]), "empty": tuple(data["empty"])})

    @property
    def reads(self) -> frozenset[str]:
        """Fields that the file gives by a column or a constant."""
        return frozenset(self.columns) | frozenset(self.constants)
