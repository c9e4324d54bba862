from typing import Any

from tickets.importing.customers import masked, sealed, without_personal


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


def test_texts_are_freed_of_what_identifies() -> None:
    text = "请回电 13812345678 或 li@example.com，身份证 11010119900101123X，订单 2018002773"

    assert without_personal(text) == (
        "请回电 138****5678 或 l***@example.com，身份证 110***3X，订单 2018002773"
    )


def test_nobody_is_nobody() -> None:
    assert sealed("") == ("", "")
