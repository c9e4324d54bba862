"""The arithmetic of the chain: what of an event is hashed, in which form, with which key."""

import hmac
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise

FIELDS = (
    "id",
    "at",
    "actor_id",
    "actor_name",
    "act",
    "object_type",
    "object_id",
    "before",
    "after",
    "reason",
    "request_id",
)


def plain(value: Any) -> Any:
    """`value` as JSON that both databases give back unchanged.

    Decimals, floats, dates and ids become text; NUL and lone surrogates, which PostgreSQL
    refuses, are replaced; keys become text.
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, str | Promise):
        return str(value).replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float | UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=str)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "pk"):
        return plain(value.pk)
    raise TypeError(f"an audit event cannot hold {type(value).__name__}")


def instant_text(at: datetime) -> str:
    """`at` in UTC with six decimals: the one spelling that is hashed."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def event_hash(sequence: int, previous: str, row: Mapping[str, Any]) -> str:
    """HMAC-SHA256 over an event and its place, 64 hexadecimal digits.

    `row` maps each of FIELDS to the stored value. The form is JSON with sorted keys, so that
    no two different events share one.
    """
    body = {name: row[name] for name in FIELDS}
    body["at"] = instant_text(row["at"])
    body["sequence"] = sequence
    body["previous_hash"] = previous
    return mac(json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


def mac(text: str) -> str:
    """HMAC-SHA256 of `text` with the audit key."""
    return hmac.new(settings.AUDIT_KEY.encode(), text.encode(), sha256).hexdigest()
