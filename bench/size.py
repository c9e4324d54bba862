"""How much to measure, how often, and on which databases."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """`tickets` of `agents` over a year; `rounds` of product and limit in turns."""

    tickets: int
    agents: int
    rounds: int
    databases: tuple[str, ...]
