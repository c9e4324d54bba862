from typing import Any

from tickets.importing.customers import masked, sealed


def test_a_reference_is_recognised_in_every_spelling() -> None:
    spellings = ["13812345678", "+86 138-1234-5678", "１３８１２３４５６７８"]

    assert len({sealed(each)[0] for each in spellings}) == 1


def test_the_hash_needs_the_key(settings: Any) -> None:
    before = sealed("13812345678")[0]

    settings.CUSTOMER_KEY = "another key"

    assert sealed("13812345678")[0] != before


def test_masks_hide_what_identifies() -> None:
    assert masked("13812345678") == "138****5678"
    assert masked("zhang@example.com") == "z***@example.com"
    assert masked("110101199001011234") == "110***34"
    assert masked("张三") == "张*"


def test_nobody_is_nobody() -> None:
    assert sealed("") == ("", "")
