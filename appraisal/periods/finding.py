"""One thing to look at before a period is computed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`level`: good, attention or problem. `text` says what was found, `url` where to act."""

    label: str
    level: str
    text: str
    url: str = ""
