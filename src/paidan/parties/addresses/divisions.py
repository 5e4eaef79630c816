"""The administrative divisions of China and the countries of the world, read once from the packaged tables (data/README.md)."""

import csv
import io
import lzma
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

from msgspec import Struct

SUFFIXES: Final = ("自治县", "自治旗", "自治州", "地区", "区", "县", "市", "州", "盟", "旗", "省")
# Written in place of a name: pseudo levels of statistical lists, and halves of Hong Kong and Macao that platforms use as cities.
EMPTY_NAMES: Final = frozenset({
    "市辖区", "县", "城区", "郊县", "省直辖县", "省直辖", "省直辖行政单位", "自治区直辖",
    "省直辖县级行政区划", "自治区直辖县级行政区划", "省直辖县级行政单位",
    "直辖县", "重庆城区", "重庆郊县", "香港岛", "九龙", "新界", "澳门半岛", "离岛", "氹仔岛", "路环岛", "无", "其他", "其它",
    "其他区", "其它区", "中国",
})  # fmt: skip
MUNICIPALITIES: Final = frozenset({"110000", "120000", "310000", "500000"})
# Zones have no code of their own: a name with one of these words in the place of a district is kept as written.
ZONE_WORDS: Final = ("高新", "经开", "开发区", "工业园", "产业园", "保税", "新区", "新城", "示范区", "管理区", "管委会", "度假区", "实验区", "科技园")


class Division(Struct, frozen=True):
    """A province, city, district or development zone. Longitude and latitude are its seat's, or its parent's where unknown (GCJ-02)."""

    adcode: str
    name: str
    short: str
    level: str  # province, city, district, zone
    parent: str  # adcode; empty for a province
    longitude: float
    latitude: float


class Named(NamedTuple):
    """A division as found by a name. `quality`: 0 full name, 1 short name, 2 another kind or a former name."""

    division: Division
    quality: int


class Country(Struct, frozen=True):
    """A country: ISO 3166-1 alpha-2 code and its rough centre."""

    code: str
    name_en: str
    name_zh: str
    longitude: float
    latitude: float


class Atlas(Struct, frozen=True):
    """All divisions and the ways to find them."""

    by_code: dict[str, Division]
    by_name: dict[str, tuple[Named, ...]]
    lengths_by_first: dict[str, tuple[int, ...]]  # first character → lengths of names that start with it, longest first
    with_children: frozenset[str]
    by_path: dict[tuple[str, str, str], Division]  # districts by the full names of province, city and district


def text_of(name: str) -> str:
    """A packaged table as text."""
    raw = resources.files(__package__).joinpath("data", name).read_bytes()
    return (lzma.decompress(raw) if name.endswith(".xz") else raw).decode()


def rows_of(name: str) -> list[list[str]]:
    """The rows of a packaged table without its header."""
    return list(csv.reader(io.StringIO(text_of(name))))[1:]


def stem(name: str) -> str:
    """The name without its kind (`龙海市` → `龙海`), at least two characters."""
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:  # noqa: PLR2004 - shorter stems (`户`, `城`) say nothing
            return name[: -len(suffix)]
    return name


def spellings(division: Division) -> dict[str, int]:
    """Every way to write the division → quality (see Named)."""
    name, short = division.name, division.short
    if division.level == "zone":
        return zone_spellings(name)
    found = {}
    if division.level == "province":
        found = dict.fromkeys((short + "省", short + "市", short + "自治区"), 2)
        found |= {"内蒙": 2} if short == "内蒙古" else {}
    elif division.level == "city":
        found = dict.fromkeys((short + "市", short + "州", short + "地区", short + "盟", short + "自治州"), 2)
    else:
        base = stem(short)
        if len(base) > 1:
            found = dict.fromkeys((base + "区", base + "县", base + "市", base + "自治县", base + "旗"), 2)
        if name.endswith("新区"):
            found[name[:-2]] = 1
    return found | {short: 1, name: 0}


def zone_spellings(name: str) -> dict[str, int]:
    """The usual abbreviations of a development zone's name."""
    found = {name: 0}
    for long, shorts in (
        ("高新技术产业开发区", ("高新区", "高新技术开发区", "高新技术产业区")),
        ("高新技术产业园区", ("高新区",)),
        ("高新技术开发区", ("高新区",)),
        ("经济技术开发区", ("经开区", "开发区", "经济开发区")),
        ("经济开发区", ("经开区", "开发区")),
    ):
        if name.endswith(long):
            found |= {name.removesuffix(long) + short: 2 for short in shorts}
            break
    return found


def read_divisions() -> dict[str, Division]:
    """All divisions by adcode; parents come before children in the table, so a missing point is the parent's."""
    by_code: dict[str, Division] = {}
    for adcode, name, short, level, parent, lon, lat in sorted(rows_of("divisions.csv.xz")):
        above = by_code.get(parent)
        point = (float(lon), float(lat)) if lon or above is None else (above.longitude, above.latitude)
        by_code[adcode] = Division(adcode, name, short, level, parent, *point)
    return by_code


def full_name(adcode: str) -> str:
    """The names down to a division of this code (`浙江省 杭州市 西湖区`); the code itself when there is none."""
    by_code, names, at = atlas().by_code, list[str](), adcode
    while at in by_code:
        names.insert(0, by_code[at].name)
        at = by_code[at].parent
    return " ".join(dict.fromkeys(names)) or adcode


@cache
def atlas() -> Atlas:
    """The divisions with their indexes, built on first use (about 40 ms, 6 MB)."""
    by_code = read_divisions()
    best: dict[str, dict[str, int]] = {}
    for division in by_code.values():
        if division.parent in MUNICIPALITIES and division.level == "city":
            continue  # 北京市 is found as the province; the city follows from it
        for spelling, quality in spellings(division).items():
            codes = best.setdefault(spelling, {})
            codes[division.adcode] = min(quality, codes.get(division.adcode, quality))
    for name, successor in rows_of("former.csv"):
        best.setdefault(name, {}).setdefault(successor, 2)
    by_name = {name: tuple(Named(by_code[code], quality) for code, quality in codes.items()) for name, codes in best.items() if len(name) > 1}
    lengths: dict[str, set[int]] = {}
    for name in [*by_name, *EMPTY_NAMES]:
        lengths.setdefault(name[0], set()).add(len(name))
    return Atlas(
        by_code,
        by_name,
        {first: tuple(sorted(sizes, reverse=True)) for first, sizes in lengths.items()},
        frozenset(division.parent for division in by_code.values() if division.level != "zone"),
        dict(full_paths(by_code)),
    )


def full_paths(by_code: dict[str, Division]) -> Iterator[tuple[tuple[str, str, str], Division]]:
    """Districts below a city, under the names of all three levels; those of a municipality also with its short name (北京 北京市 朝阳区)."""
    for district in by_code.values():
        city = by_code.get(district.parent)
        province = by_code.get(city.parent) if city else None
        if district.level == "district" and city is not None and province is not None:
            yield (province.name, city.name, district.name), district
            if province.adcode in MUNICIPALITIES:
                yield (province.short, city.name, district.name), district


def read_all() -> None:
    """Read every table now, so that no order waits for them: some 0.2 s, once in a process that works through many."""
    atlas()
    countries()
    districts_by_town()


def find_division(adcode: str) -> Division | None:
    """The division of a code; an unknown (old) code gives the city or province it belongs to, None for no code of China at all."""
    by_code = atlas().by_code
    return by_code.get(adcode) or by_code.get(adcode[:4] + "00") or by_code.get(adcode[:2] + "0000")


@cache
def towns_by_district() -> dict[str, tuple[str, ...]]:
    """Names of towns and sub-districts by adcode of the district (or of a city without districts), read on first use."""
    return {adcode: tuple(sorted(names.split("|"), key=len, reverse=True)) for adcode, names in rows_of("towns.csv.xz")}


@cache
def districts_by_town() -> dict[str, tuple[str, ...]]:
    """Full names of towns → adcodes of the districts that have one."""
    found: dict[str, tuple[str, ...]] = {}
    for adcode, towns in towns_by_district().items():
        for town in towns:
            found[town] = (*found.get(town, ()), adcode)
    return found


@cache
def countries() -> dict[str, Country]:
    """Countries by code, by English name and by Chinese name (keys in upper case)."""
    found: dict[str, Country] = {}
    for code, name_en, name_zh, lon, lat in rows_of("countries.csv"):
        country = Country(code, name_en, name_zh, float(lon), float(lat))
        found |= dict.fromkeys((code, name_en.upper(), name_zh), country)
    return found
