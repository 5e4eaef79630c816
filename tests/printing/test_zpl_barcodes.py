"""The barcodes of a ZPL label are read from its picture: drawn as the ZPL II guide says of ^BY, ^BC and ^BQ, by another library than the one that measures
them, at their places among everything else on the label. No printer was asked; a font's true widths are not known here: a text is a black box."""

import re

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from paidan.printing.decide import GOODS_COLUMNS, GOODS_SHOWN
from paidan.printing.papers import Contact
from paidan.printing.shortening import columns_of
from paidan.printing.zpl import render_zpl
from papers import label, scanned

WIDTH, HEIGHT = 800, 1200
COMMAND = re.compile(r"\^(XA|CI|CW|PW|LL|LH|FO|A|FB|FR|FH|GB|BY|BC|BQ|PQ|XZ|FD)([^^]*)")
# ZPL II Programming Guide, ^BC, Code 128 invocation characters: what they stand for in subset B.
INVOKED = {">0": ">", "><": "^", ">=": "~"}
WIDE = ("长" * (GOODS_COLUMNS // 2) + "x",) * GOODS_SHOWN
LONG = Contact(name="欧" * 40, phone="13812345678", region="浙江省 杭州市 西湖区", detail="长" * 300)


def pictures(zpl):
    """Each label as a picture of 800 × 1200 dots."""
    drawn, field = [], {}
    for command, told in COMMAND.findall(zpl):
        arguments = told.strip().split(",")
        if command == "XA":
            picture = Image.new("L", (WIDTH, HEIGHT), 255)
            pen = ImageDraw.Draw(picture)
        elif command == "XZ":
            drawn.append(picture)
        elif command == "BY":
            module = int(arguments[0])
        elif command == "FO":
            field = {"at": (int(arguments[0]), int(arguments[1]))}
        elif command == "GB":
            box(pen, field["at"], *map(int, arguments))
        elif command == "FD":
            put(picture, pen, field, re.sub("_([0-9A-F]{2})", lambda code: chr(int(code[1], 16)), told.rstrip("\n")))
        elif command in {"A", "FB", "BC", "BQ"}:
            field |= {command: arguments}
            if command == "BC":
                field["module"] = module
    return drawn


def put(picture, pen, field, data):
    """The data of a field, as what was said of it before."""
    if "BC" in field:
        turned, height, *_, mode = field["BC"]
        assert (turned, mode) == ("N", "A")
        picture.paste(bars(data, field["module"], int(height)), field["at"])
    elif "BQ" in field:
        _, model, magnification = field["BQ"]
        assert (model, data[:3]) == ("2", "MA,")
        picture.paste(squares(data[3:], int(magnification)), field["at"])
    else:
        text(pen, field, data)


def text(pen, field, data):
    """A box where the text stands: as wide as its columns are in a font that fills its cells."""
    _, height, width = field["A"]
    (x, y), wide = field["at"], columns_of(data) * int(width) // 2
    if "FB" in field:
        room = int(field["FB"][0])
        x += {"R": room - wide, "C": (room - wide) // 2}[field["FB"][3]]
    pen.rectangle((x, y, x + wide - 1, y + int(height) - 1), fill=0)


def box(pen, at, width, height, thickness):
    pen.rectangle((*at, at[0] + width - 1, at[1] + height - 1), outline=0, width=thickness)


def bars(data, module, height):
    """A Code 128 packed by the printer (mode A)."""
    said = re.sub(">.", lambda invoked: INVOKED[invoked[0]], data)
    one = drawn_by_zxing(said, zxingcpp.BarcodeFormat.Code128)
    return one.crop((0, 0, one.width, 1)).resize((one.width * module, height), Image.Resampling.NEAREST)


def squares(data, magnification):
    one = drawn_by_zxing(data, zxingcpp.BarcodeFormat.QRCode)
    return one.resize((one.width * magnification, one.height * magnification), Image.Resampling.NEAREST)


def drawn_by_zxing(said, kind):
    image = zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(said, kind), scale=1, add_quiet_zones=False)
    height, width = image.shape
    return Image.frombytes("L", (width, height), bytes(memoryview(image)))


@pytest.mark.parametrize(
    ("more", "waybill"),
    [
        ({}, "731234567800001"),
        ({"tracking_no": "SF1234567890123"}, "SF1234567890123"),
        ({"tracking_no": "JD0000123456789-1-1-"}, "JD0000123456789-1-1-"),
        ({"tracking_no": "A>B^C~D_5E"}, "A>B^C~D_5E"),
        ({"tracking_no": "99" + "1" * 38}, "99" + "1" * 38),
        ({"tracking_no": "a7" * 15}, "a7" * 15),
        ({"tracking_no": ""}, "FH1024017"),
        (
            {"receiver": LONG, "sender": LONG, "carrier": "很长的快递公司名字" * 5, "goods": WIDE, "goods_left_out": 9, "is_cod": True},
            "731234567800001",
        ),
    ],
)
def test_both_barcodes_of_a_label_are_read_from_its_picture(more, waybill):
    [picture] = pictures(render_zpl([label(**more)], "zh").decode())
    assert scanned(picture) == [("Code128", waybill), ("QRCode", "FH1024017")]


def test_every_label_of_a_batch_has_its_own():
    numbers = ["731234567800001", "731234567800002", "731234567800003"]
    drawn = pictures(render_zpl([label(tracking_no=number, fulfilment_no=f"FH{n}00") for n, number in enumerate(numbers, 1)], "en").decode())
    assert [scanned(picture) for picture in drawn] == [[("Code128", number), ("QRCode", f"FH{n}00")] for n, number in enumerate(numbers, 1)]


def test_what_runs_into_a_barcode_would_be_seen():
    """The picture tells: a text moved over the bars makes them unreadable."""
    zpl = render_zpl([label()], "zh").decode()
    [picture] = pictures(zpl.replace("^FO28,290^ATN,38,38", "^FO28,136^ATN,150,150"))
    assert scanned(picture) == [("QRCode", "FH1024017")]
