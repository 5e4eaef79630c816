"""The pages as they come out of the printer: pictures are taken of them, scanned and read."""

import resource

import pypdfium2
import pytest

from paidan.kernel.reasons import Reason
from paidan.printing.drawing import draw, find_family
from paidan.printing.papers import Contact, Kind
from paidan.printing.pdf import render_pdf, template, told
from paidan.printing.words import words_of
from papers import RECEIVER, ink, label, needs_chinese_font, packing_list, pages_of, pick_list, scanned

MM = 72 / 25.4
A4, LABEL = (210, 297), (100, 150)


@pytest.fixture(autouse=True, scope="module")
def _chinese():
    needs_chinese_font()


def drawn(kind, papers, language="zh"):
    pdf = render_pdf(kind, papers, language)
    assert isinstance(pdf, bytes)
    return pages_of(pdf)


def sizes(pages):
    return {tuple(round(side / MM) for side in size) for _, _, size in pages}


def test_a_label_shows_whom_it_goes_to_and_its_barcodes_decode():
    pages = drawn(Kind.LABEL, [label(), label(tracking_no="SF1234567890123")])
    assert sizes(pages) == {LABEL}
    assert [scanned(picture) for _, picture, _ in pages] == [
        [("Code128", "731234567800001"), ("QRCode", "FH1024017")],
        [("Code128", "SF1234567890123"), ("QRCode", "FH1024017")],
    ]
    for text, picture, _ in pages:
        for word in (
            "中通快递",
            "欧阳小明",
            "13800138000",
            "浙江省杭州市西湖区",
            "文三路398号9幢1502室",
            "一店旗舰店",
            "纯棉圆领T恤×2",
            "共3件",
            "SO202611220000123",
        ):
            assert word in text
        assert 0.03 < ink(picture) < 0.3


def test_a_label_without_a_waybill_is_scanned_by_its_fulfilment_number_and_says_so():
    [(text, picture, _)] = drawn(Kind.LABEL, [label(tracking_no="")])
    assert ("Code128", "FH1024017") in scanned(picture)
    assert "暂无运单号" in text


@pytest.mark.parametrize("number", ["1", "A", "73-1234_5678.9", "JD0123456789012345678", "a~b^c>d", "99", "997A-43z37", "9" * 40])
def test_any_number_a_carrier_may_give_decodes(number):
    [(_, picture, _)] = drawn(Kind.LABEL, [label(tracking_no=number)])
    assert ("Code128", number) in scanned(picture)


def test_a_number_that_no_barcode_can_say_stands_there_as_text():
    [(text, picture, _)] = drawn(Kind.LABEL, [label(tracking_no="运单1号")])
    assert scanned(picture) == [("QRCode", "FH1024017")]
    assert "运单1号" in text


def test_marks_of_a_label_are_seen():
    [(text, _, _)] = drawn(Kind.LABEL, [label(is_cod=True, collect="CNY 128.00", box=2, boxes=3, times=2, goods_left_out=4)])
    for mark in ("代收货款CNY128.00", "2/3", "第2次打印", "另有4种"):
        assert mark in text


@pytest.mark.parametrize("carrier", ["中通快递", "京东物流（特快）", "京东大件物流（送货上门并安装）", "International Express Worldwide"])
def test_a_carrier_is_named_whole_beside_money_and_boxes(carrier):
    """All of it is inside the head: no ink of it touches the paper's edge, which a name cut off would."""
    marked = label(carrier=carrier, carrier_code="INTLEXP", is_cod=True, collect="CNY 12,888.00", box=11, boxes=12)
    [(text, picture, _)] = drawn(Kind.LABEL, [marked])
    assert carrier.replace(" ", "") in text
    assert ink(picture.crop((0, 0, picture.width, picture.height // 150))) == 0


def test_the_longest_address_stays_inside_its_frame():
    longest = Contact(name="欧阳" * 10, phone="+86 138 0013 8000", region="内蒙古自治区 锡林郭勒盟 西乌珠穆沁旗", detail="长" * 150)
    [(text, picture, _)] = drawn(Kind.LABEL, [label(receiver=longest)])
    assert text.count("长") == 150
    assert ("Code128", "731234567800001") in scanned(picture)
    # The line above the sender is drawn right across: nothing has run over it.
    assert text.index("长" * 20) < text.index("一店旗舰店")


def test_a_pick_list_is_read_from_top_to_bottom_and_over_pages():
    pages = drawn(Kind.PICK_LIST, [pick_list(lines=60), pick_list()])
    assert sizes(pages) == {A4}
    first, last = pages[0], pages[-1]
    assert scanned(first[1]) == [("QRCode", "PR102400")]
    for word in ("拣货单", "杭州仓", "HZ01", "A-1", "TS-2026-1", "圆领衫1号", "6901234567801"):
        assert word in first[0]
    texts = "".join(text for text, _, _ in pages[:-1])
    assert [texts.count(f"圆领衫{n}号") for n in range(1, 61)] == [1] * 60
    assert f"第1页/共{len(pages) - 1}页" in first[0]
    assert "第1页/共1页" in last[0]
    assert all(ink(picture) > 0.001 for _, picture, _ in pages)


def test_a_packing_list_keeps_the_receiver_masked_and_carries_both_numbers():
    [(text, picture, size)] = drawn(Kind.PACKING_LIST, [packing_list(times=2)])
    assert sizes([(text, picture, size)]) == {A4}
    assert scanned(picture) == [("Code128", "731234567800001"), ("Code128", "FH1024017")]
    for word in ("装箱单", "欧**", "纯棉圆领衫", "3897654321001", "第2次打印", "合计2"):
        assert word in text


@pytest.mark.parametrize(("kind", "paper"), [(Kind.PICK_LIST, pick_list()), (Kind.PACKING_LIST, packing_list()), (Kind.LABEL, label())])
@pytest.mark.parametrize(("language", "n"), [("zh", 0), ("en", 1)])
def test_words_are_in_the_language_asked_for(kind, paper, language, n):
    [(text, _, _), *_] = drawn(kind, [paper], language)
    shown = {Kind.PICK_LIST: ("拣货单", "Picklist"), Kind.PACKING_LIST: ("装箱单", "Packinglist"), Kind.LABEL: ("订单号", "Order")}[kind]
    assert shown[n] in text
    assert shown[1 - n] not in text


def test_every_word_of_the_templates_is_there():
    for kind in Kind:
        assert set(words_of(kind, "zh")) == set(words_of(kind, "en"))
        assert all(words_of(kind, "en").values())


def test_what_looks_like_markup_is_printed_as_it_stands():
    nasty = '#read("/etc/passwd") $x^2$ *fat* `code` @ref <label> [x] \\ //'
    [(text, _, _)] = drawn(Kind.PACKING_LIST, [packing_list(warehouse=nasty)])
    assert "".join(nasty.split()) in text


def _drawn_without_a_font(paper, kind, tmp_path):
    data = {"papers": [told(paper)], "words": words_of(kind, "en"), "language": "en"}
    return draw(template(kind), data, printed_at=0, font_folder=str(tmp_path), use_system_fonts=False)


def test_without_a_chinese_font_chinese_is_refused_and_the_rest_is_printed(tmp_path, monkeypatch):
    assert _drawn_without_a_font(packing_list(), Kind.PACKING_LIST, tmp_path) is None
    plain = {"carrier": "UPS", "warehouse": "Berlin", "receiver": "", "region": "", "orders": (), "lines": ()}
    pdf = _drawn_without_a_font(packing_list(**plain), Kind.PACKING_LIST, tmp_path)
    assert "Berlin" in pages_of(pdf)[0][0]
    monkeypatch.setattr("paidan.printing.pdf.draw", lambda *_, **__: None)
    assert render_pdf(Kind.LABEL, [label()], "zh") == Reason.FONT_MISSING


def test_the_best_font_is_taken_whatever_its_case():
    assert find_family(["Arial", "SimSun", "noto sans cjk sc"]) == "Noto Sans CJK SC"
    assert not find_family(["Arial"])


def test_a_template_that_fails_tells_nothing_of_what_was_to_be_printed():
    with pytest.raises(RuntimeError) as failed:
        draw("#panic(sys.inputs.data)", {"papers": [told(label())]}, printed_at=0)
    assert RECEIVER.name not in str(failed.value)
    assert failed.value.__context__ is None


def test_five_hundred_labels_take_a_few_seconds():
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    pages = render_pdf(Kind.LABEL, [label(tracking_no=f"7312345678{n:05d}", units=n + 1) for n in range(500)], "zh")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert len(pypdfium2.PdfDocument(pages)) == 500
    assert after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime < 8
