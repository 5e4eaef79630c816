"""Labels as ZPL: what a printer is told, and that no text can tell it anything else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paidan.kernel.errors import SetupError
from paidan.printing.papers import Contact
from paidan.printing.shortening import columns_of
from paidan.printing.zpl import field, render_zpl
from papers import RECEIVER, label

PLACED = r"\^FO(\d+),(\d+)\^ATN,(\d+),\d+(?:\^FB[0-9,R]+)?\^FH\^FD(.*?)\^FS"
COMMANDS = {"XA", "CI", "CW", "PW", "LL", "LH", "FO", "AT", "FH", "FD", "FS", "FB", "GB", "BY", "BC", "FR", "BQ", "PQ", "XZ"}


def zpl(*labels, language="zh", **more):
    return render_zpl(labels, language, **more).decode()


def fields(text):
    """What stands in the fields, codes of ^FH read back."""
    return [re.sub(r"_([0-9A-F]{2})", lambda code: chr(int(code[1], 16)), data) for data in re.findall(r"\^FH\^FD(.*?)\^FS", text)]


def test_a_label_says_all_that_it_must_in_utf8():
    text = zpl(label())
    for command in ("^XA", "^CI28", "^CWT,E:SIMSUN.FNT", "^PW800", "^LL1200", "^BCN,140,N,N,N,A^FH^FD731234567800001^FS", "^PQ1", "^XZ"):
        assert command in text
    assert {"中通快递", "731234567800001", "欧阳小明  13800138000", "MA,FH1024017", "纯棉圆领 T 恤 × 2", "共 3 件   1.25 kg"} <= set(fields(text))
    assert "浙江省 杭州市 西湖区" in "".join(fields(text))
    assert "欧阳小明".encode() in render_zpl([label()], "zh")


def test_a_batch_is_one_label_after_the_other():
    text = zpl(label(), label(tracking_no="2"), label(tracking_no="3"))
    assert (text.count("^XA"), text.count("^XZ")) == (3, 3)


def test_words_are_in_the_language_asked_for():
    assert "COD CNY 9.90  ZTO" in fields(zpl(label(is_cod=True, collect="CNY 9.90"), language="en"))
    assert "代收货款 CNY 9.90  ZTO" in fields(zpl(label(is_cod=True, collect="CNY 9.90")))


def test_what_stands_side_by_side_never_runs_into_the_other():
    orders = ("SO261111340003887", "SO261111340003888", "SO261111340003889")
    shop = "Paidan Giftware and Home International Store"
    text = zpl(
        label(carrier="京东物流（特快）", carrier_code="INTLEXP", is_cod=True, collect="CNY 12,888.00", box=11, boxes=12, order_nos=orders, shop=shop)
    )
    told = {(int(x), int(y)): (columns_of(said) * int(high) / 2, said) for x, y, high, said in re.findall(PLACED, text)}
    marks, carrier, order, date, seller = (told[place] for place in ((300, 40), (28, 32), (28, 1120), (520, 1120), (520, 1158)))
    assert (marks[1], carrier[1]) == ("代收货款 CNY 12,888.00  11/12  INTLEXP", "京东物流（特快）")
    assert order[1].endswith("SO261111340003887 SO261111340003888 …+1")
    assert 28 + carrier[0] <= 300
    assert marks[0] <= 472
    assert 28 + order[0] <= 772 - date[0]
    assert seller[0] <= 252


def test_a_label_without_a_waybill_has_the_fulfilment_number_as_its_barcode():
    text = zpl(label(tracking_no=""))
    assert "^BCN,140,N,N,N,A^FH^FDFH1024017^FS" in text
    assert "暂无运单号，条码为发货单号" in fields(text)


def test_signs_that_begin_commands_are_written_as_codes():
    text = zpl(label(shop="^XZ~JA_5E", tracking_no="A^B~C>D"))
    assert "^FD_5EXZ_7EJA_5F5E^FS" in text
    assert "^BCN,140,N,N,N,A^FH^FDA_5EB_7EC>0D^FS" in text
    assert "^XZ~JA_5E" in fields(text)


def test_a_number_that_no_barcode_can_say_has_none():
    assert "^BC" not in zpl(label(tracking_no="运单1号"))


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_gives_a_command(name, detail):
    receiver = Contact(name=name, phone=name, region=detail, detail=detail)
    text = zpl(label(receiver=receiver, goods=(name,), shop=detail, order_nos=(name,), tracking_no=name, carrier=detail))
    assert {command[:2] for command in re.findall(r"[\^~](..)", text, re.DOTALL)} <= COMMANDS
    assert text.count("^XA") == 1
    assert "~" not in text


def test_line_ends_and_other_controls_become_blanks():
    assert field("a\r\nb\x00c\u2028d") == "a  b c d"


@pytest.mark.parametrize("font", ["", "SIMSUN", "E:SIMSUN.FNT^XZ", "E:../X.FNT", "E:SIM SUN.FNT"])
def test_a_font_that_no_printer_has_is_a_mistake_of_the_set_up(font):
    with pytest.raises(SetupError):
        zpl(label(), font=font)


def test_long_texts_are_wrapped_and_stay_on_the_label():
    receiver = Contact(name="欧" * 40, phone="1" * 20, region=RECEIVER.region, detail="长" * 300)
    told = re.findall(r"\^FO(\d+),(\d+)\^ATN,(\d+)", zpl(label(receiver=receiver, carrier="很长的快递公司名字" * 5)))
    assert all(int(y) + int(height) <= 1200 for _, y, height in told)
    lines = [data for data in fields(zpl(label(receiver=receiver))) if "长" in data]
    assert len(lines) <= 5
    assert lines[-1].endswith("…")


@pytest.mark.parametrize("name", ["欧阳小明", "上海某某国际贸易有限公司浦东新区第一分公司仓储部收货组", "A" * 60])
@pytest.mark.parametrize("phone", ["13812345678", "13812345678-1234", "+44 20 7946 0958"])
def test_the_phone_is_on_the_label_however_long_the_name(name, phone):
    text = zpl(label(receiver=Contact(name=name, phone=phone, region="上海市 浦东新区", detail="世纪大道100号")))
    (shown,) = [line for line in fields(text) if phone in line]
    assert shown.startswith(name[:2])
    assert columns_of(shown) <= 26
