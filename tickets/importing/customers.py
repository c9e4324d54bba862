"""Customer references: a keyed hash to recognise them, a mask to show; the raw one is not kept."""

import hmac
import re
from functools import lru_cache

from django.conf import settings

from tickets.importing.converters import plain

_PHONE = re.compile(r"\+?[\d\s\-()]{7,20}$")
# Phone, identity and card numbers and mail addresses inside a text.
_INSIDE = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.]+"
    r"|(?<![\d.])(?:\+?86[- ]?)?1[3-9]\d{9}(?![\d.])"
    r"|(?<![\dA-Za-z])\d{17}[\dXx](?![\dA-Za-z])"
    r"|(?<![\d.])\d{4}([ -]?)\d{4}\1\d{4}\1\d{4,7}(?![\d.])"
)
_IDENTITY = re.compile(r"\d{15}(?:\d{2}[\dXx])?$")


def sealed(reference: str) -> tuple[str, str]:
    """(hash of 32 hex digits, mask); both empty for an empty reference.

    Phone numbers are compared by their digits, without the prefix of China; e-mail addresses in
    small letters.
    """
    return _sealed(plain(reference), settings.CUSTOMER_KEY)


@lru_cache(maxsize=50_000)
def _sealed(text: str, key: str) -> tuple[str, str]:
    if not text:
        return "", ""
    canonical = text.casefold()
    if _PHONE.match(text):
        digits = re.sub(r"\D", "", text)
        canonical = digits[2:] if len(digits) == 13 and digits.startswith("86") else digits
    digest = hmac.digest(key.encode(), canonical.encode(), "sha256").hex()[:32]
    return digest, masked(text)


def without_personal(text: str) -> str:
    """A text in which phone, identity and card numbers and mail addresses are masked."""
    if not any(sign.isdigit() or sign == "@" for sign in text):
        return text
    return _INSIDE.sub(lambda found: masked(found[0]), text)


def masked(text: str) -> str:
    """`138****5678`, `a***@example.com`, `110***12`, `张*`."""
    if "@" in text:
        name, _at, domain = text.partition("@")
        return f"{name[:1]}***@{domain}"[:40]
    if _IDENTITY.match(text):
        return f"{text[:3]}***{text[-2:]}"
    digits = re.sub(r"\D", "", text)
    if _PHONE.match(text) and len(digits) >= 7:
        digits = digits[2:] if len(digits) == 13 and digits.startswith("86") else digits
        return f"{digits[:3]}****{digits[-4:]}"
    return f"{text[:1]}*" if len(text) <= 4 else f"{text[:2]}***{text[-2:]}"
