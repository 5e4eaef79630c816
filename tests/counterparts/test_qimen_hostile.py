import pytest

from paidan.counterparts.qimen.parse import parse_report
from paidan.counterparts.qimen.reader import SIZE_MAX, read_root
from paidan.counterparts.qimen.reports import ProcessReport
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason

INNER = "<order><orderCode>CK1</orderCode></order><process><processStatus>PICK</processStatus><operateInfo>{}</operateInfo></process>"
TEXT = "拣货员已取走，请核对"
LAUGHS = "<!DOCTYPE r [<!ENTITY a 'ha'>" + "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True)) + "]>"


def whole(inner: str = INNER.format(TEXT), *, declared: str = "utf-8") -> str:
    return f'<?xml version="1.0" encoding="{declared}"?><request>{inner}</request>'


HOSTILE = {
    "billion laughs": (f"{LAUGHS}<request>{INNER.format('&i;')}</request>".encode(), Reason.BODY_UNREADABLE),
    "quadratic blow-up": (f"<!DOCTYPE r [<!ENTITY a '{'x' * 50_000}'>]><request>{'&a;' * 50_000}</request>".encode(), Reason.BODY_UNREADABLE),
    "external entity": (
        f"<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><request>{INNER.format('&x;')}</request>".encode(),
        Reason.BODY_UNREADABLE,
    ),
    "external DTD": (b"<!DOCTYPE request SYSTEM 'http://127.0.0.1:9/evil.dtd'><request/>", Reason.BODY_UNREADABLE),
    "undeclared entity": (whole(INNER.format("&x;")).encode(), Reason.BODY_UNREADABLE),
    "deep nesting": (b"<request>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</request>", Reason.BODY_UNREADABLE),
    "truncated": (whole().encode()[:-20], Reason.BODY_UNREADABLE),
    "truncated in a character": (whole().encode().split("走".encode())[0] + "走".encode()[:1], Reason.ENCODING_WRONG),
    "empty": (b"", Reason.BODY_UNREADABLE),
    "json": (b'{"flag":"success"}', Reason.BODY_UNREADABLE),
    "NUL": (whole(INNER.format("a\x00b")).encode(), Reason.BODY_UNREADABLE),
    "NUL as a reference": (whole(INNER.format("&#0;")).encode(), Reason.BODY_UNREADABLE),
    "surrogate as a reference": (whole(INNER.format("&#xD800;")).encode(), Reason.BODY_UNREADABLE),
    "two roots": (whole().encode() + b"<request/>", Reason.BODY_UNREADABLE),
    "10 MB": (whole(INNER.format("x" * 10_000_000)).encode(), Reason.BODY_TOO_LARGE),
    "many elements": (b"<request>" + b"<a/>" * 450_000 + b"</request>", Reason.BODY_TOO_LARGE),
    "many attributes": (b"<request " + b" ".join(b"a%d=''" % n for n in range(60_000)) + b"/>", Reason.BODY_TOO_LARGE),
    "GB18030 that says UTF-8": (whole().encode("gb18030"), Reason.ENCODING_WRONG),
    "GB18030 that says nothing": (f"<request>{INNER.format(TEXT)}</request>".encode("gb18030"), Reason.ENCODING_WRONG),
    "UTF-8 that says GB18030": (whole(declared="GB18030").encode(), Reason.ENCODING_WRONG),
    "UTF-8 with a mark that says GBK": (b"\xef\xbb\xbf" + whole(INNER.format("x"), declared="gbk").encode(), Reason.ENCODING_WRONG),
    "UTF-16": (whole(declared="utf-16").encode("utf-16"), Reason.ENCODING_WRONG),
    "UTF-7": (whole(declared="utf-7").encode(), Reason.ENCODING_WRONG),
    "latin": (whole(declared="iso-8859-1").encode(), Reason.ENCODING_WRONG),
    "over-long UTF-8": (whole(INNER.format("@")).encode().replace(b"@", b"\xc0\xbc"), Reason.ENCODING_WRONG),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_bodies_are_refused_with_a_reason(case: str) -> None:
    body, reason = HOSTILE[case]
    with pytest.raises(BadInput) as caught:
        parse_report("orderprocess.report", body)
    assert caught.value.reason is reason
    assert "passwd" not in str(caught.value)
    assert len(str(caught.value)) < 300


def said(body: bytes) -> str:
    got = parse_report("orderprocess.report", body)
    assert isinstance(got, ProcessReport)
    return got.operate_info


@pytest.mark.parametrize("declared", ["GB18030", "gbk", "GB2312"])
def test_honest_chinese_encodings_are_read(declared: str) -> None:
    assert said(whole(declared=declared).encode("gb18030")) == TEXT


def test_a_byte_order_mark_and_no_declaration_are_fine() -> None:
    assert said(b"\xef\xbb\xbf" + whole().encode()) == TEXT
    assert said(f"<request>{INNER.format(TEXT)}</request>".encode()) == TEXT


def test_comments_sections_and_instructions_do_not_change_the_text() -> None:
    assert said(whole(INNER.format("a<!-- x -->b<?pi?><![CDATA[<c>]]>&amp;")).encode()) == "ab<c>&"


def test_an_include_is_plain_unknown_data() -> None:
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
    got = parse_report("orderprocess.report", whole(INNER.format("x") + include).encode())
    assert isinstance(got, ProcessReport)
    assert got.extend_props == ()


@pytest.mark.parametrize(
    "unknown",
    [
        "".join(f"<k{n}>v</k{n}>" for n in range(1200)).join(("<extendProps>", "</extendProps>")),
        f"<{'n' * 150}><{'m' * 150}>v</{'m' * 150}></{'n' * 150}>",
    ],
    ids=["too many", "too long a path"],
)
def test_unknown_elements_are_kept_up_to_a_measure(unknown: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_report("orderprocess.report", whole(INNER.format("x") + unknown).encode())
    assert caught.value.reason is Reason.UNKNOWN_FIELD
    assert len(caught.value.detail) <= 200


def test_ten_thousand_lines_are_read() -> None:
    line = "<orderLine><orderLineNo>1</orderLineNo><itemCode>SKU-1</itemCode><planQty>2</planQty><actualQty>2</actualQty></orderLine>"
    body = f"<request><deliveryOrder><deliveryOrderCode>C</deliveryOrderCode></deliveryOrder><orderLines>{line * 10_000}</orderLines></request>"
    assert len(body) < SIZE_MAX
    assert len(read_root(body.encode(), "request").each("orderLines", "orderLine")) == 10_000
