"""What a global search finds: each app answers with these, the roof shows them."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One thing that the reader may see and open.

    `kind` is the word of its sort (employee, ticket, scheme, appeal), translated; `title` its
    number or name; `detail` one line that tells it from its like.
    """

    kind: Any
    title: str
    url: str
    detail: str = ""
