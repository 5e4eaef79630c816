"""Papers for tests of printing, pictures of their pages, and what a scanner reads on them."""

import re
from datetime import UTC, datetime
from functools import cache

import pypdfium2
import pytest
import zxingcpp

from paidan.printing.papers import Basket, Contact, Kind, Label, PackedLine, PackedOrder, PackingList, PickLine, PickList
from paidan.printing.pdf import render_pdf

PRINTED_AT = datetime(2026, 11, 22, 13, 45, tzinfo=UTC)
RECEIVER = Contact(name="欧阳小明", phone="13800138000", region="浙江省 杭州市 西湖区", detail="文三路 398 号 9 幢 1502 室")
SENDER = Contact(name="一店旗舰店", phone="0571-88880000", region="浙江省杭州市余杭区", detail="良睦路 1399 号 3 号库")


def label(**more):
    base = {
        "fulfilment_no": "FH1024017",
        "tracking_no": "731234567800001",
        "carrier": "中通快递",
        "carrier_code": "ZTO",
        "receiver": RECEIVER,
        "sender": SENDER,
        "order_nos": ("SO202611220000123",),
        "shop": "一店旗舰店",
        "goods": ("纯棉圆领 T 恤 × 2", "陶瓷马克杯 350ml × 1"),
        "goods_left_out": 0,
        "units": 3,
        "weight_g": 1250,
        "is_cod": False,
        "collect": "",
        "box": 1,
        "boxes": 1,
        "printed_at": PRINTED_AT,
        "times": 1,
    }
    return Label(**{**base, **more})


def pick_list(lines=3, **more):
    base = {
        "run_no": "PR102400",
        "warehouse": "杭州仓",
        "warehouse_code": "HZ01",
        "lines": tuple(
            PickLine(place=f"A-{n}", sku=f"TS-2026-{n}", name=f"圆领衫{n}号", barcode=f"69012345678{n:02d}", quantity=n, baskets=((1, n),))
            for n in range(1, lines + 1)
        ),
        "baskets": (Basket(number=1, fulfilment_no="FH1024017", order_nos=("SO1", "SO2"), carrier="中通快递", units=6),),
        "units": 6,
        "printed_at": PRINTED_AT,
        "times": 1,
    }
    return PickList(**{**base, **more})


def packing_list(**more):
    base = {
        "fulfilment_no": "FH1024017",
        "tracking_no": "731234567800001",
        "carrier": "中通快递",
        "warehouse": "杭州仓",
        "receiver": "欧** 138****8000",
        "region": "浙江省杭州市西湖区",
        "orders": (PackedOrder(order_no="SO1", platform_order_no="3897654321001", shop="一店旗舰店", placed_at=PRINTED_AT),),
        "lines": (PackedLine(order_no="SO1", sku="TS-2026-1", name="纯棉圆领衫", barcode="6901234567801", quantity=2),),
        "units": 2,
        "box": 1,
        "boxes": 1,
        "printed_at": PRINTED_AT,
        "times": 1,
    }
    return PackingList(**{**base, **more})


@cache
def _has_font():
    return isinstance(render_pdf(Kind.LABEL, [label()], "zh"), bytes)


def needs_chinese_font():
    if not _has_font():
        pytest.skip("no font with Chinese letters is installed here (Debian: fonts-noto-cjk)")


def pages_of(pdf):
    """Texts of the pages without blanks, and pictures of them at 200 dpi."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [(page.get_textpage().get_text_bounded(), page.render(scale=200 / 72).to_pil(), page.get_size()) for page in document]
    return [(re.sub(r"[\s\u200b]", "", text), picture, size) for text, picture, size in pages]


def scanned(picture):
    """What a scanner reads: (format without its blanks, text), sorted."""
    return sorted((str(found.format).replace(" ", ""), found.text) for found in zxingcpp.read_barcodes(picture))


def ink(picture):
    """Which part of the page is dark."""
    return picture.convert("L").point(lambda shade: 255 if shade < 128 else 0).histogram()[255] / (picture.width * picture.height)
