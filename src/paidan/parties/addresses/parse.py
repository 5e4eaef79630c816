"""Addresses as platforms and people write them → division, point and how sure we are. Pure; no network, no clock.

`parse_address` takes the names apart as platforms send them, `parse_free_text` one line as people type it.
"""

import re
from enum import StrEnum
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt
from typing import Final

from msgspec import Struct

from paidan.parties.addresses.divisions import MUNICIPALITIES, ZONE_WORDS, Division, atlas, countries, districts_by_town, towns_by_district
from paidan.parties.addresses.walk import VARIANT, Step, walk

EARTH_RADIUS_KM: Final = 6371.0088
_LOOK_AHEAD: Final = 24  # characters in which a name that was left out is still looked for
_WIDE: Final = re.compile(r"[！-～　\s]")
_NARROW: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x09: " ", 0x0A: " ", 0x0D: " ", 0xA0: " "}
_LEAD: Final = re.compile(r"^(?:(?:公司|办公|详细|收货|联系|工作|总部)?地[址点]|中华人民共和国|中国大陆|中国)?[\s:：,，]*")
_ZONE: Final = re.compile(
    r"[ ,，]?[一-龥]{0,6}?(?:高新(?:技术)?(?:产业)?(?:开发)?区|经济(?:技术)?开发区|经开区|技术开发区|开发区"
    r"|工业园区|产业园区|保税区|新区|示范区|管理区|度假区)"
)
_TOWN_KIND: Final = re.compile(r"街道|镇|乡")
_BETWEEN: Final = " ,，.。、·-:：;；"
DISTRICT: Final = 3  # depth of a reading
_REACH: Final = 40  # how far into a line the first name is looked for
# Tie-breaks for a district name without its city; by residents of the urban area, census of 2020.
LARGEST_CITIES: Final = (
    "3101", "1101", "4403", "5001", "4401", "5101", "1201", "4201", "4419", "6101", "3301", "4406", "3201", "2101", "3702", "3701", "4301",
)  # fmt: skip
_OUTSIDE: Final = {"810000": "HK", "820000": "MO", "710000": "TW"}
_START: Final = Step(None, 0)
_SPECIAL: Final = {code: province for province, code in _OUTSIDE.items()}


class Confidence(StrEnum):
    """How an address was understood."""

    EXACT = "exact"  # as written
    REPAIRED = "repaired"  # another spelling, a level moved or inferred without doubt
    GUESSED = "guessed"  # likely; a person may want to look
    FAILED = "failed"  # no city


class Problem(StrEnum):
    """What was odd about the address. Never carries its text."""

    LEVEL_INFERRED = "level_inferred"
    FOUND_LATER = "found_later"
    DISTRICT_MISSING = "district_missing"
    DISTRICT_UNKNOWN = "district_unknown"
    DISTRICT_IS_ZONE = "district_is_zone"
    OTHER_SPELLING = "other_spelling"
    NAMES_MISPLACED = "names_misplaced"
    AMBIGUOUS = "ambiguous"
    NOT_FOUND = "not_found"
    COUNTRY_UNKNOWN = "country_unknown"
    DETAIL_MISSING = "detail_missing"


class ParsedAddress(Struct, frozen=True, kw_only=True):
    """An address understood. `adcode` is the deepest division known (district, else city); None when failed or abroad.

    `city` is empty for a county-level city right under its province, `district` for a city without districts. `country` is ISO 3166-1
    alpha-2; Hong Kong, Macao and Taiwan have adcodes and their own HK, MO, TW. Coordinates are the division's seat, or a country's centre.
    """

    country: str
    adcode: str | None
    province: str
    city: str
    district: str
    town: str = ""
    detail: str
    zip_code: str = ""
    longitude: float | None
    latitude: float | None
    confidence: Confidence
    problems: tuple[Problem, ...] = ()


class Place(Struct, frozen=True):
    """What the names alone say: the cached part of an address."""

    adcode: str | None
    province: str
    city: str
    district: str
    longitude: float | None
    latitude: float | None
    confidence: Confidence
    problems: tuple[Problem, ...]
    leftover: str  # names that are no division: they belong before the detail
    heads: tuple[str, ...]  # a detail that starts with one of these may repeat the names
    towns: tuple[str, ...]
    country: str = "CN"


def parse_address(province: str, city: str, district: str, detail: str, country: str = "CN", *, town: str = "", zip_code: str = "") -> ParsedAddress:
    """Understand an address whose levels came apart. Names may be empty, swapped, abbreviated, in another level's place or in the detail."""
    if country not in {"CN", ""} and country not in _SPECIAL:
        return foreign(country, province, city, district, detail, zip_code)
    province = province_of(province, country)
    street = narrow(detail)
    place = names(province, city, district, town)
    if is_vague(place):
        place, street = with_help_of_detail(place, province, city, district, town, street)
        return compose(place, street, town, zip_code)
    return compose(place, strip_repeats(place, street), town, zip_code)


def locate(province: str, city: str, district: str, detail: str, country: str = "CN", *, town: str = "") -> "Place | ParsedAddress":
    """Where an address lies: the same division and point as `parse_address` gives, without what is left of its text."""
    if country not in {"CN", ""} and country not in _SPECIAL:
        return foreign(country, province, city, district, detail, "")
    province = province_of(province, country)
    place = names(province, city, district, town)
    return with_help_of_detail(place, province, city, district, town, narrow(detail))[0] if is_vague(place) else place


def province_of(province: str, country: str) -> str:
    """The province as told; that of Hong Kong, Macao and Taiwan is known by the country."""
    if country not in _SPECIAL or (province and names(province, "", "", "").adcode):
        return province
    return atlas().by_code[_SPECIAL[country]].name


def is_vague(place: Place) -> bool:
    """Whether the names alone do not lead to a district where there are some."""
    return place.adcode is None or Problem.DISTRICT_MISSING in place.problems


def parse_free_text(text: str, country: str = "CN") -> ParsedAddress:
    """Understand one line of text; what follows the names is the detail. Foreign lines are kept whole."""
    if country not in {"CN", ""} and country not in _SPECIAL:
        return foreign(country, "", "", "", text, "")
    line = _LEAD.sub("", narrow(text), count=1)
    place, end = settle(line)
    return compose(place, line[end:].lstrip(_BETWEEN), "", "")


def region_keys(parsed: ParsedAddress) -> tuple[str, ...]:
    """The keys under which an area or freight tier may name this place, most specific first: adcodes of district, city, province, country, `*`.

    `CN` is the mainland; Hong Kong, Macao and Taiwan are `810000` … and `HK`, `MO`, `TW`. Abroad: the country's code.
    """
    return keys_of(parsed.adcode, parsed.country)


@lru_cache(maxsize=8192)
def keys_of(adcode: str | None, country: str) -> tuple[str, ...]:
    """The keys of a division or country, see `region_keys`."""
    if adcode is None:
        return (country, "*")
    by_code, chain, node = atlas().by_code, [], adcode
    while node:
        chain.append(node)
        node = by_code[node].parent
    return (*chain, country, "*")


def distance_km(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Great-circle distance in kilometres of two points in degrees (haversine formula, mean Earth radius of IUGG)."""
    phi1, phi2 = radians(lat1), radians(lat2)
    half = sin((phi2 - phi1) / 2) ** 2 + cos(phi1) * cos(phi2) * sin(radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half)))


def narrow(text: str) -> str:
    """Full-width digits, letters and blanks → ASCII; ends stripped."""
    return text.translate(_NARROW).strip() if _WIDE.search(text) else text


def compose(place: Place, detail: str, town: str, zip_code: str) -> ParsedAddress:
    """The place with the rest of the address."""
    street = place.leftover + detail
    if not town and street.startswith(place.towns):
        town = next(name for name in place.towns if street.startswith(name))
    problems = place.problems if street else (*place.problems, Problem.DETAIL_MISSING)
    return ParsedAddress(
        country=place.country,
        adcode=place.adcode,
        province=place.province,
        city=place.city,
        district=place.district,
        town=town,
        detail=street,
        zip_code=zip_code,
        longitude=place.longitude,
        latitude=place.latitude,
        confidence=place.confidence,
        problems=problems,
    )


@lru_cache(maxsize=65536)
def names(province: str, city: str, district: str, town: str) -> Place:
    """Understand the names of the levels alone. Cached: a merchant's orders repeat a few thousand triples."""
    as_written = atlas().by_path.get((province, city, district))
    return situated(as_written, "", "", []) if as_written else read_names(province, city, district, town)


def read_names(province: str, city: str, district: str, town: str) -> Place:
    """Names that are not written as the divisions are called."""
    steps, leftover, moved = [_START], "", False
    for word in (narrow(province), narrow(city), narrow(district)):
        if not word:
            continue
        found = walk(word, [Step(step.node, 0, step.full_names, step.names, step.worst, step.inferred) for step in steps])
        read_whole = [step for step in found if step.position >= len(word)]
        if read_whole:
            steps = read_whole
        elif any(step.position for step in found):
            steps, moved, leftover = found, True, leftover + word[found[0].position :]
        else:
            leftover += word
    if leftover and town == leftover:
        leftover = ""
    return place_of(steps, leftover, (Problem.NAMES_MISPLACED,) if moved else ())


def place_of(steps: list[Step], leftover: str, met: tuple[Problem, ...] = ()) -> Place:
    """Turn readings into a place, with confidence and problems."""
    node, odd = agreed(steps)
    problems = [*met, *odd]
    if node is None or (node.level == "province" and node.adcode not in MUNICIPALITIES and node.adcode not in _OUTSIDE):
        problems.append(Problem.NOT_FOUND)
        province = node.name if node else ""
        return Place(None, province, "", "", None, None, Confidence.FAILED, tuple(problems), leftover, (), ())
    step, book = steps[0], atlas()
    if step.inferred:
        problems.append(Problem.LEVEL_INFERRED)
    if step.worst == VARIANT or (step.worst and step.full_names < step.names):
        problems.append(Problem.OTHER_SPELLING)
    zone = ""
    if node.level == "zone":
        zone, problems = node.name, [*problems, Problem.DISTRICT_IS_ZONE]
    elif (node.level == "city" or node.adcode in MUNICIPALITIES) and leftover.endswith("区"):
        is_zone = any(word in leftover for word in ZONE_WORDS)
        zone, leftover, problems = leftover, "", [*problems, Problem.DISTRICT_IS_ZONE if is_zone else Problem.DISTRICT_UNKNOWN]
    elif node.level != "district" and node.adcode in book.with_children:
        problems.append(Problem.DISTRICT_MISSING)
    elif leftover and node.level == "district":
        problems.append(Problem.DISTRICT_UNKNOWN)
    return situated(node, zone, leftover, problems)


def agreed(steps: list[Step]) -> tuple[Division | None, list[Problem]]:
    """The division all readings agree on; when they differ, their common city if there is one."""
    nodes = [step.node for step in steps]
    if len(nodes) == 1 or not nodes:
        return (nodes[0] if nodes else None), []
    parents = {node.parent if node else "" for node in nodes}
    parent = parents.pop() if len(parents) == 1 else ""
    return atlas().by_code.get(parent), [Problem.AMBIGUOUS]


def situated(node: Division, zone: str, leftover: str, problems: list[Problem]) -> Place:
    """The place of a division: names of all levels, point, towns."""
    by_code = atlas().by_code
    if node.adcode in MUNICIPALITIES:
        node = by_code[node.adcode[:2] + "0100"]
    chain = {"": node} if not node.parent else {}
    walker: Division | None = node
    while walker is not None:
        chain[walker.level] = walker
        walker = by_code.get(walker.parent)
    city, area = chain.get("city"), chain.get("district")
    deepest = area or city or chain["province"]
    district = area.name if area else zone
    heads = tuple({level.name[:2] for level in chain.values()})
    return Place(
        deepest.adcode,
        chain["province"].name,
        city.name if city else "",
        district,
        deepest.longitude,
        deepest.latitude,
        confidence_of(problems),
        tuple(problems),
        leftover,
        heads,
        towns_by_district().get(deepest.adcode, ()),
        _OUTSIDE.get(chain["province"].adcode, "CN"),
    )


def confidence_of(problems: list[Problem]) -> Confidence:
    """The confidence that goes with the problems met."""
    doubts = {Problem.DISTRICT_MISSING, Problem.DISTRICT_UNKNOWN, Problem.AMBIGUOUS, Problem.FOUND_LATER}
    if doubts.intersection(problems):
        return Confidence.GUESSED
    return Confidence.REPAIRED if problems else Confidence.EXACT


def strip_repeats(place: Place, detail: str) -> str:
    """The detail without the names of the levels said again at its start."""
    if not detail.startswith(place.heads):
        return detail
    for name in (place.province, place.city, place.district):
        if name and detail.startswith(name):
            detail = detail[len(name) :].lstrip(" ,，")
    return detail


def with_help_of_detail(place: Place, province: str, city: str, district: str, town: str, street: str) -> tuple[Place, str]:
    """The names were not enough: read on in the detail, then by the town. Gives the place and what is left of the street."""
    line = " ".join(part for part in (narrow(province), narrow(city), narrow(district), narrow(town) + street) if part)
    helped, end = settle(line, (Problem.NAMES_MISPLACED,))
    if helped.adcode is None or helped.adcode == place.adcode:
        return place, strip_repeats(place, street)
    return helped, line[end:].lstrip(_BETWEEN)


def settle(line: str, problems: tuple[Problem, ...] = ()) -> tuple[Place, int]:
    """Read one line → its place and where the detail starts."""
    steps = walk(line, [_START])
    if not steps or not steps[0].names:
        steps = found_inside(line)
        problems = (*problems, Problem.FOUND_LATER) if steps else problems
    if not steps:
        return place_of([], ""), 0
    end = steps[0].position
    if len(steps) > 1:
        chosen = by_town(steps, line)
        steps, problems = (chosen, (*problems, Problem.FOUND_LATER)) if len(chosen) == 1 else (by_size(steps), (*problems, Problem.AMBIGUOUS))
    deeper = looked_up(steps[0], line) if len(steps) == 1 else None
    if deeper is not None:
        steps, problems = [deeper], (*problems, Problem.FOUND_LATER)
    zone = _ZONE.match(line, end) if steps[0].depth < DISTRICT else None
    place = place_of(steps, zone[0] if zone else "", problems)
    if place.adcode is None:
        return place, 0
    return place, zone.end() if zone and place.district == zone[0] else end


def found_inside(line: str) -> list[Step]:
    """A name further inside the line: a full one, or two in a row; nothing when it stays ambiguous."""
    for position in range(1, min(len(line), _REACH)):
        steps = walk(line, [Step(None, position)])
        if len(steps) == 1 and steps[0].position - position > 2 and (steps[0].full_names or steps[0].names > 1):  # noqa: PLR2004 - 中区 is too common
            return steps
    district = district_of_town("", line[:_LOOK_AHEAD])
    return [Step(district, 0, 0, 1, inferred=True)] if district else []


def by_town(steps: list[Step], line: str) -> list[Step]:
    """Of several districts with one name, the only one that has a town named soon after; else all."""
    window = line[steps[0].position : steps[0].position + _LOOK_AHEAD]
    having = [step for step in steps if step.node and any(town_stem(town) in window for town in towns_by_district().get(step.node.adcode, ()))]
    return having if len(having) == 1 else steps


def by_size(steps: list[Step]) -> list[Step]:
    """Of several districts with one name, the one in the largest city of the list; else all."""
    ranked = sorted(
        (LARGEST_CITIES.index(step.node.adcode[:4]), i) for i, step in enumerate(steps) if step.node and step.node.adcode[:4] in LARGEST_CITIES
    )
    return [steps[ranked[0][1]]] if ranked else steps


def town_stem(town: str) -> str:
    """A town's name without its kind, as people say it; two characters at least."""
    for kind in ("街道", "地区", "镇", "乡"):
        if town.endswith(kind) and len(town) - len(kind) > 1:
            return town[: -len(kind)]
    return town


def looked_up(step: Step, line: str) -> Step | None:
    """The district of a city that is named a little later in the line, or told by the town; None when already deep enough or not found."""
    node = step.node
    if node is None or step.depth >= DISTRICT or node.adcode not in atlas().with_children or _ZONE.match(line, step.position):
        return None
    for position in range(step.position + 1, min(step.position + _LOOK_AHEAD, len(line))):
        found = walk(line, [Step(node, position)])
        if len(found) == 1 and found[0].full_names:
            return found[0]
    if node.level == "province" and node.adcode not in MUNICIPALITIES:
        return None
    root = node.adcode[:2] if node.level == "province" else node.adcode[:4]
    district = district_of_town(root, line[step.position : step.position + _LOOK_AHEAD])
    return Step(district, step.position, 0, 1) if district else None


def district_of_town(root: str, window: str) -> Division | None:
    """The only district whose adcode starts with `root` and that has a town whose full name stands in the window."""
    by_code, by_town = atlas().by_code, districts_by_town()
    for kind in _TOWN_KIND.finditer(window):
        for start in range(max(kind.end() - 8, 0), kind.end() - 2):
            codes = [code for code in by_town.get(window[start : kind.end()], ()) if code.startswith(root)]
            if len(codes) == 1 and codes[0] in by_code:
                return by_code[codes[0]]
    return None


def foreign(country: str, province: str, city: str, district: str, detail: str, zip_code: str) -> ParsedAddress:
    """An address abroad: nothing is split or repaired, the country decides where it lies."""
    found = countries().get(country.strip().upper())
    problems = [] if found else [Problem.COUNTRY_UNKNOWN]
    problems += [] if detail.strip() else [Problem.DETAIL_MISSING]
    return ParsedAddress(
        country=found.code if found else country,
        adcode=None,
        province=province,
        city=city,
        district=district,
        detail=detail,
        zip_code=zip_code,
        longitude=found.longitude if found else None,
        latitude=found.latitude if found else None,
        confidence=Confidence.FAILED if problems else Confidence.EXACT,
        problems=tuple(problems),
    )
