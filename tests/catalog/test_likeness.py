"""Which SKU a listing may be: what is the same is sure, what is alike is proposed, what is neither is left alone."""

import pytest

from paidan.catalog.likeness import Goods, LikenessIndex, Offered, Why, is_sure, plain, words_of

GOODS = [
    Goods(code="SCARF-RED-01", name="羊绒围巾 红色", title="秋冬羊绒围巾 羊绒围巾 红色", barcodes=("6901234567892",)),
    Goods(code="SCARF-BLUE-01", name="羊绒围巾 蓝色", title="秋冬羊绒围巾 羊绒围巾 蓝色", barcodes=("6901234567908",)),
    Goods(code="MUG500", name="保温杯 500ml", title="不锈钢保温杯 保温杯 500ml"),
    Goods(code="MUG350", name="保温杯 350ml", title="不锈钢保温杯 保温杯 350ml"),
    Goods(code="A1", name="袜子", title="袜子"),
    Goods(code="a-1", name="袜子 黑", title="袜子 黑"),
]
INDEX = LikenessIndex(GOODS)


def offered(code="", title="", *refs):
    return Offered(merchant_code=code, title=title, refs=refs)


@pytest.mark.parametrize(
    ("listing", "code", "score", "why", "sure"),
    [
        (offered("SCARF-RED-01"), "SCARF-RED-01", 100, (Why.SAME_CODE,), True),
        (offered(" SCARF-RED-01 "), "SCARF-RED-01", 100, (Why.SAME_CODE,), True),
        (offered("scarf red01"), "SCARF-RED-01", 92, (Why.SAME_BUT_MARKS,), True),
        (offered("ｍｕｇ５００"), "MUG500", 92, (Why.SAME_BUT_MARKS,), True),
        (offered("6901234567908"), "SCARF-BLUE-01", 98, (Why.SAME_BARCODE,), True),
        (offered("", "", "12", "6901234567892"), "SCARF-RED-01", 98, (Why.SAME_BARCODE,), True),
        (offered("A1"), "A1", 100, (Why.SAME_CODE,), False),  # another one differs by a mark only
        (offered("MUG500", "", "6901234567908"), "MUG500", 100, (Why.SAME_CODE,), False),  # the code says one, the barcode another
        (offered("SCARF-RED-02"), "SCARF-RED-01", 71, (Why.ALIKE_CODE,), False),
        (offered("", "2026新款 不锈钢保温杯 大容量 500ml 学生"), "MUG500", 80, (Why.ALIKE_NAME,), False),
        (offered("SCARF-BLUE-1", "秋冬 羊绒围巾 蓝色 包邮"), "SCARF-BLUE-01", 74, (Why.ALIKE_CODE, Why.ALIKE_NAME), False),
    ],
)
def test_the_likeliest_is_first_with_its_score_and_why(listing, code, score, why, sure):
    found = INDEX.suggest(listing)
    assert (found[0].sku_code, found[0].score, found[0].why) == (code, score, why)
    assert is_sure(found) == sure
    best = INDEX.sure(listing)
    assert (best.sku_code if best else None) == (code if sure else None)


@pytest.mark.parametrize(
    ("listing", "goods"),
    [
        (offered("", "蓝色衬衫", "1001"), Goods(code="CUP-RED", name="杯子", title="杯子", barcodes=("1001",))),
        (offered("", "蓝色衬衫", "6901234567893"), Goods(code="CUP-RED", name="杯子", title="杯子", barcodes=("6901234567893",))),
        (offered("M2.5"), Goods(code="M25", name="螺丝", title="螺丝")),
        (offered("1-01"), Goods(code="10-1", name="螺丝", title="螺丝")),
    ],
)
def test_a_number_of_the_platform_s_own_and_a_mark_between_digits_make_nothing_sure(listing, goods):
    """A house number that happens to be an item's, a wrong check digit, another size of screw."""
    assert LikenessIndex([goods]).sure(listing) is None


def test_marks_between_digits_are_alike_whichever_they_are():
    assert plain("m2_5") == plain("M2-5") == "M2-5" != plain("M25")


@pytest.mark.parametrize("listing", [offered(), offered("ZZ", "充电宝"), offered("MUG", "杯"), offered("!!", "——")])
def test_what_is_like_nothing_has_no_suggestion(listing):
    assert INDEX.suggest(listing) == ()
    assert INDEX.sure(listing) is None
    assert not is_sure(())


def test_the_other_variant_is_told_after_the_likelier_one():
    found = INDEX.suggest(offered("", "秋冬 羊绒围巾 红色 礼盒"))
    assert [one.sku_code for one in found] == ["SCARF-RED-01", "SCARF-BLUE-01"]
    assert found[0].score > found[1].score


def test_a_title_is_compared_by_pairs_of_characters_and_whole_words():
    assert words_of("保温杯500ml") == {"保温", "温杯", "500", "ml"}
    assert plain("ab_01 x") == "AB01X"


def test_words_that_many_have_point_at_nothing():
    many = LikenessIndex([Goods(code=f"G{n}", name="包邮特价", title="包邮特价") for n in range(60)])
    assert many.suggest(offered("", "包邮特价")) == ()
