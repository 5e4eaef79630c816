"""Makes the packaged division tables from the three published lists: `python -m paidan.parties.addresses.build SOURCE_FOLDER`.

SOURCE_FOLDER holds `areacity_ok_data_level4.csv.gz`, `cpca_adcodes.csv` and `modood_areas.csv`; data/README.md names their origin
and licences. Steps: names, levels and towns from the first (its padding rows dropped, districts of Chongqing under one city);
points from the second by code, for a re-coded division by its stem in the same province; development zones from the third.
"""

import csv
import gzip
import io
import lzma
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

type_names = ("自治县", "自治旗", "区", "县", "市", "旗")
Row = dict[str, str]


def read(path: Path) -> list[Row]:
    """All rows of a CSV file, gzipped or not, byte-order mark skipped."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))


def stem(name: str) -> str:
    """The name without its kind: `龙海市` → `龙海`; names of two characters stay whole."""
    for ending in type_names:
        if name.endswith(ending) and len(name) - len(ending) >= 2:  # noqa: PLR2004 - a stem has two characters
            return name[: -len(ending)]
    return name


def points(rows: Iterable[Row]) -> tuple[dict[str, tuple[str, str]], dict[tuple[str, str], tuple[str, str]]]:
    """Points by code, and by (province, stem) where the stem is unique in its province."""
    by_code: dict[str, tuple[str, str]] = {}
    by_stem: dict[tuple[str, str], tuple[str, str]] = {}
    seen: set[tuple[str, str]] = set()
    for row in rows:
        if not row["longitude"]:
            continue
        code, point = row["adcode"][:6], (f"{float(row['longitude']):.4f}", f"{float(row['latitude']):.4f}")
        by_code[code] = point
        key = (code[:2], stem(row["name"]))
        if key in seen:
            by_stem.pop(key, None)
        else:
            by_stem[key] = point
        seen.add(key)
    return by_code, by_stem


def division(row: Row) -> tuple[str, str, str] | None:
    """(adcode, level, parent) of a row of the first list; None for its padding rows."""
    code, depth = row["ext_id"][:6], row["deep"]
    province = code[:2] + "0000"
    is_direct = code[2:4] == "90" or code[:2] in {"81", "82"}  # under the province without a city between
    placed = None
    if depth == "0":
        placed = (code, "province", "")
    elif depth == "1" and not is_direct:
        placed = (code, "city", province)
    elif is_direct and not code.endswith("00") and (depth == "2") == (code[:2] not in {"81", "82"}):
        placed = (code, "district", province)
    elif depth == "2" and not is_direct and not code.endswith("00"):  # else a city without districts, repeated as its own district
        placed = (code, "district", "500100" if row["pid"] == "5002" else row["pid"].ljust(6, "0"))
    return placed


def divisions(folder: Path) -> Iterator[list[str]]:
    """The rows of divisions.csv: adcode, name, short name, level, parent, longitude, latitude (empty: take the parent's)."""
    by_code, by_stem = points(read(folder / "cpca_adcodes.csv"))
    former = {row["successor"]: (row["successor"][:2], stem(row["name"])) for row in read(Path(__file__).parent / "data/former.csv")}
    known = set()
    for row in sorted(read(folder / "areacity_ok_data_level4.csv.gz"), key=lambda row: row["ext_id"]):
        placed = division(row)
        if placed is None or placed[0] in known or placed[0] in {"0", "500200"}:
            continue
        code, level, parent = placed
        known.add(code)
        name = "重庆市" if code == "500100" else row["ext_name"].partition("（")[0]
        point = by_code.get(code) or by_stem.get((code[:2], stem(name))) or by_stem.get(former.get(code, ("", "")), ("", ""))
        yield [code, name, "重庆" if code == "500100" else row["name"], level, parent, *point]
    for row in read(folder / "modood_areas.csv"):
        if row["code"] not in known and row["code"][4] == "7":  # statistical areas are numbered from 71
            yield [row["code"], row["name"], row["name"], "zone", row["cityCode"] + "00", "", ""]


def towns(folder: Path) -> Iterator[list[str]]:
    """The rows of towns.csv: adcode of the district (or of a city without districts), names of its towns joined by `|`."""
    by_district: dict[str, list[str]] = {}
    for row in read(folder / "areacity_ok_data_level4.csv.gz"):
        if row["deep"] == "3" and row["ext_name"] != "":
            by_district.setdefault(row["pid"][:6], []).append(row["ext_name"])
    for code, names in sorted(by_district.items()):
        yield [code, "|".join(dict.fromkeys(names))]


def write(path: Path, header: list[str], rows: Iterable[list[str]]) -> None:
    """Write an xz-compressed CSV with Unix line ends, the same bytes every time."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    path.write_bytes(lzma.compress(text.getvalue().encode(), preset=9 | lzma.PRESET_EXTREME))


def main(source: str) -> None:
    """Build both tables from the folder `source` into the package."""
    target, folder = Path(__file__).parent / "data", Path(source)
    write(target / "divisions.csv.xz", ["adcode", "name", "short", "level", "parent", "lon", "lat"], divisions(folder))
    write(target / "towns.csv.xz", ["adcode", "towns"], towns(folder))


if __name__ == "__main__":
    main(sys.argv[1])
