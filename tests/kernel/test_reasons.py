import re

import pytest

from paidan.kernel.reasons import WORDS, Reason, next_step, words

HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_told_in_both_languages(reason):
    zh, en = words(reason, "zh"), words(reason, "en")
    assert HAN.search(zh)
    assert en
    assert not HAN.search(en)
    assert bool(next_step(reason, "zh")) == bool(next_step(reason, "en"))
    assert not HAN.search(next_step(reason, "en"))


def test_no_reason_is_told_twice_the_same_way():
    assert len({entry.zh for entry in WORDS.values()}) == len(Reason)
    assert len({entry.en for entry in WORDS.values()}) == len(Reason)


def test_names_of_reasons_are_plain_words():
    assert all(re.fullmatch(r"[a-z][a-z_]+[a-z]", reason) and reason.name.lower() == reason.value for reason in Reason)
