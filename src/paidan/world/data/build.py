"""Makes the packaged tables of the world (README.md beside it). Needs pyarrow, which Paidan itself does not use.

`python src/paidan/world/data/build.py RETAIL.parquet ADDRESSES.csv.gz DIVISIONS.csv.xz` writes `retail.csv.xz`, `streets.csv.xz` and
`places.csv.xz` beside itself. DIVISIONS is `parties/addresses/data/divisions.csv.xz`.
"""

import csv
import gzip
import io
import lzma
import re
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
EPOCH = datetime(2010, 12, 1)  # noqa: DTZ001 - the set's own local time, before its first invoice
# Residents in units of 10,000, census of 2020, by the first two digits of the adcode.
RESIDENTS = {
    "11": 2189, "12": 1387, "13": 7461, "14": 3492, "15": 2405, "21": 4259, "22": 2407, "23": 3185, "31": 2487, "32": 8475, "33": 6457,
    "34": 6103, "35": 4154, "36": 4519, "37": 10153, "41": 9937, "42": 5775, "43": 6644, "44": 12601, "45": 5013, "46": 1008, "50": 3205,
    "51": 8367, "52": 3856, "53": 4721, "54": 365, "61": 3953, "62": 2502, "63": 592, "64": 720, "65": 2585,
}  # fmt: skip
DIVISIONS = re.compile(r"^(?:[^省市区县路]{2,6}(?:省|自治区))?(?:[^市路街道]{2,5}市)?(?:[^区县市路街道]{1,6}[区县市])?[ ,，]*")
STREET = re.compile(r"[一-龥]{1,5}(?:路|街|大道|巷|弄)[东西南北中]?(?:一|二|三|四|五)?段?\d{1,4}(?:号|弄)[一-龥A-Z0-9\-]{0,24}")
NOT_A_STREET = re.compile(
    r"^(?:上海|北京|深圳|天津|重庆|广州|杭州)(?![东西南北中]?路)|网络|公司|有限|集团|先生|小姐|女士|经理|电话|联系|地址|\d{5,}|[省市县]|区[一-龥]{1,6}(?:路|街|大道)"
)


def write(name: str, rows: Iterable[Iterable[Any]]) -> None:
    """Write an xz-compressed CSV beside this file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    (HERE / name).write_bytes(lzma.compress(text.getvalue().encode(), preset=9 | lzma.PRESET_EXTREME))


def read_retail(path: str) -> list[dict[str, Any]]:
    """The rows of the set, as they are."""
    try:
        from pyarrow import parquet  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError as error:
        raise SystemExit("building the tables needs pyarrow: pip install pyarrow") from error
    rows: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    return rows


def taken_back(rows: list[dict[str, Any]]) -> list[int]:
    """Line numbers of purchases that a later cancellation of the same customer and code takes back, the latest purchase first."""
    bought: dict[tuple[Any, str], list[int]] = {}
    found = []
    for number, row in enumerate(rows):
        key = (row["CustomerID"], row["StockCode"])
        if row["CustomerID"] is None:
            continue
        if row["InvoiceNo"].startswith("C"):
            if bought.get(key):
                found.append(bought[key].pop())
        elif row["Quantity"] > 0:
            bought.setdefault(key, []).append(number)
    return sorted(found)


def retail_columns(rows: list[dict[str, Any]]) -> Iterable[list[Any]]:
    """The set column by column (a record is a column): three dictionaries, five invoice columns, four line columns, three sparse ones."""
    dictionaries = {name: {} for name in ("StockCode", "Description", "Country")}  # type: dict[str, dict[str, int]]
    invoices: list[list[Any]] = []
    later: list[tuple[int, int]] = []
    for number, row in enumerate(rows):
        minute = int((row["InvoiceDate"] - EPOCH).total_seconds()) // 60
        if not invoices or invoices[-1][0] != row["InvoiceNo"]:
            country = dictionaries["Country"].setdefault(row["Country"], len(dictionaries["Country"]))
            invoices.append([row["InvoiceNo"], minute, row["CustomerID"] or "", country, 0])
        if minute != invoices[-1][1]:
            later.append((number, minute - invoices[-1][1]))
        invoices[-1][4] += 1
    lines = [
        (
            dictionaries["StockCode"].setdefault(row["StockCode"], len(dictionaries["StockCode"])),
            dictionaries["Description"].setdefault(row["Description"], len(dictionaries["Description"])),
            row["Quantity"],
            round(row["UnitPrice"] * 1000),
        )
        for row in rows
    ]
    yield from (["stock_code", *dictionaries["StockCode"]], ["description", *dictionaries["Description"]], ["country", *dictionaries["Country"]])
    for name, column in zip(("invoice_no", "minute", "customer", "country_index", "line_count"), zip(*invoices, strict=True), strict=True):
        yield [name, *column]
    for name, column in zip(("stock_index", "description_index", "quantity", "price_milli"), zip(*lines, strict=True), strict=True):
        yield [name, *column]
    yield ["later_line", *(number for number, _ in later)]
    yield ["later_minutes", *(minutes for _, minutes in later)]
    yield ["taken_back_line", *taken_back(rows)]


def streets(path: str) -> Iterable[list[str]]:
    """Street, number and building of the real company addresses: no names of companies, no divisions."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        found = (STREET.match(DIVISIONS.sub("", row["address"], count=1)) for row in csv.DictReader(file))
        texts = sorted({match[0] for match in found if match and not NOT_A_STREET.search(match[0])})
    return [[text] for text in texts]


def places(path: str) -> Iterable[list[Any]]:
    """Mainland districts with a weight like their population: the province's residents, shared 3:1 to its capital and 4:3:2 to 区, 市, 县."""
    rows = list(csv.DictReader(io.StringIO(lzma.decompress(Path(path).read_bytes()).decode())))
    name_by_code = {row["adcode"]: row["name"] for row in rows}
    parents = {row["parent"] for row in rows if row["level"] == "district"}
    shares: list[tuple[dict[str, str], int]] = []
    for row in rows:
        is_whole_city = row["level"] == "city" and row["adcode"] not in parents
        if row["adcode"][:2] in RESIDENTS and (row["level"] == "district" or is_whole_city):
            kind = {"区": 4, "市": 3}.get(row["name"][-1], 2) * (6 if is_whole_city else 1)
            shares.append((row, kind * (3 if row["adcode"][2:4] == "01" else 1)))
    total = dict.fromkeys(RESIDENTS, 0)
    for row, share in shares:
        total[row["adcode"][:2]] += share
    for row, share in shares:
        code = row["adcode"]
        city = row["name"] if row["level"] == "city" else (name_by_code[row["parent"]] if not row["parent"].endswith("0000") else "")
        district = "" if row["level"] == "city" else row["name"]
        yield [code, name_by_code[code[:2] + "0000"], city, district, round(RESIDENTS[code[:2]] * 100 * share / total[code[:2]])]


def main(retail: str, addresses: str, divisions: str) -> None:
    """Build all three."""
    write("retail.csv.xz", retail_columns(read_retail(retail)))
    write("streets.csv.xz", streets(addresses))
    write("places.csv.xz", places(divisions))


if __name__ == "__main__":
    main(*sys.argv[1:])
