"""What may be shown of a person: never the whole name, never more of a phone than its length less six places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paidan.parties.masks import digits_of, mask_name, mask_phone

letters = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12)
phones = st.text("0123456789", min_size=1, max_size=20)


@given(letters)
def test_at_least_one_character_of_a_name_is_hidden(name):
    mask = mask_name(name)
    assert "*" in mask
    assert len(mask.replace("*", "")) < len(name)
    assert len(mask.replace("*", "")) <= 1


@given(phones)
def test_at_least_six_digits_of_a_phone_are_hidden(phone):
    mask = mask_phone(phone)
    assert len(mask) == len(phone)
    assert len(mask.replace("*", "")) <= max(len(phone) - 6, 0)
    assert all(shown in {digit, "*"} for shown, digit in zip(mask, phone, strict=True))


@given(st.text("0123456789*", min_size=1, max_size=20))
def test_a_phone_that_comes_masked_shows_no_more_than_one_that_does_not(phone):
    mask = mask_phone(phone)
    assert mask.count("*") >= min(6, len(phone))


@pytest.mark.parametrize(
    ("name", "mask"), [("张三", "张*"), ("欧阳小明", "欧**"), ("王", "*"), (" 王 ", "*"), ("", ""), ("张**", "张**"), ("Anna Schmidt", "A**")]
)
def test_names(name, mask):
    assert mask_name(name) == mask


@pytest.mark.parametrize(
    ("phone", "mask"),
    [
        ("13812345678", "138******78"),
        ("138****5678", "138******78"),
        ("12345", "*****"),
        ("12345678", "********"),
        ("", ""),
        ("1*******678", "1*******678"),
    ],
)
def test_phones(phone, mask):
    assert mask_phone(phone) == mask


@pytest.mark.parametrize(
    ("phone", "digits"),
    [("+86 138-1234-5678", "13812345678"), ("8613812345678", "13812345678"), ("86123", "86123"), ("(021) 5555 0000", "02155550000"), ("", "")],
)
def test_one_phone_is_one_run_of_digits_however_it_is_written(phone, digits):
    assert digits_of(phone) == digits
