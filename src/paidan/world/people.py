"""Made-up buyers at real places. Nobody here exists: names are put together from lists, telephone numbers from ranges nobody is given.

Chinese mobile numbers start with 154, a prefix not allotted to any operator; foreign ones with +999, no country's code (ITU E.164
keeps it in reserve). So a scan for planted persons can find no real one, and `Day` alone tells what was planted.
"""

import csv
import io
import re
from bisect import bisect_right
from functools import cache
from itertools import accumulate
from random import Random
from typing import Final

from msgspec import Struct

from paidan.world.retail import text_of
from paidan.world.script import ScriptReceiver

SURNAMES: Final = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍"
    "史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄"
)
GIVEN_FIRST: Final = "禾砚澄栎舟箬霁芷珩岫沅萤澜桁荻屿泠蕴翎棠"
GIVEN_SECOND: Final = "测试样例演练仿拟虚构"  # says what these people are: 测 test, 样 sample, 演 rehearsal, 仿 imitation, 虚 fictional
FOREIGN_GIVEN: Final = (
    "Aldo",
    "Britta",
    "Corin",
    "Dorte",
    "Emeric",
    "Fenna",
    "Gisla",
    "Hanno",
    "Ilka",
    "Jorun",
    "Kalle",
    "Lioba",
    "Mirte",
    "Nanno",
    "Odile",
    "Perrin",
)
FOREIGN_FIRST: Final = ("Halvor", "Brenn", "Testing", "Sampel", "Quill", "Marren", "Wolder", "Strand", "Ferrow", "Lindel", "Cask", "Ostren")
FOREIGN_SECOND: Final = ("beck", "wick", "dorf", "sund", "mont", "veld", "hurst", "quist", "ier", "stad", "low", "mere")
FOREIGN_STREETS: Final = (
    "Sample Street",
    "Fictional Lane",
    "Test Harbour Road",
    "Example Square",
    "Rehearsal Avenue",
    "Mock Mill Way",
    "Specimen Row",
)
# Without any division a parser could find: planted where an address must fail.
LOST_DETAILS: Final = ("小区门口超市代收", "老地方", "单位传达室", "学校北门", "楼下便利店转交", "自提点")
MOBILE_PREFIX: Final = "154"
FOREIGN_PREFIX: Final = "+999"
_ROOM: Final = re.compile(r"[室楼层座幢栋房单元]")


class Place(Struct, frozen=True):
    """A mainland district, or a city without districts."""

    province: str
    city: str
    district: str


class Atlas(Struct, frozen=True):
    """Where people live: places with cumulated weights, streets, and cities abroad by the country's name in the set."""

    places: tuple[Place, ...]
    cumulated: tuple[int, ...]
    streets: tuple[str, ...]
    abroad: dict[str, tuple[tuple[str, str, str, str], ...]]  # name in the set → (country code, city, region, zip code)


@cache
def load_atlas() -> Atlas:
    """The packaged places, read once."""
    rows = list(csv.reader(io.StringIO(text_of("places.csv.xz"))))
    abroad: dict[str, tuple[tuple[str, str, str, str], ...]] = {}
    for name, code, city, region, zip_code in list(csv.reader(io.StringIO(text_of("abroad.csv"))))[1:]:
        abroad[name] = (*abroad.get(name, ()), (code, city, region, zip_code))
    return Atlas(
        tuple(Place(province, city, district) for _, province, city, district, _ in rows),
        tuple(accumulate(int(row[4]) for row in rows)),
        tuple(text_of("streets.csv.xz").splitlines()),
        abroad,
    )


def digits(seed: int, number: int, width: int) -> str:
    """Digits that look drawn by chance yet are unique for each number below 10**width (multiplication by a unit of the ring)."""
    return f"{(number * 48271 + seed * 7919 + 12345) % 10**width:0{width}d}"


def chinese_receiver(seed: int, number: int, rng: Random) -> ScriptReceiver:
    """Person `number` of the day, somewhere in mainland China."""
    atlas = load_atlas()
    place = atlas.places[bisect_right(atlas.cumulated, rng.randrange(atlas.cumulated[-1]))]
    street, rooms = atlas.streets[rng.randrange(len(atlas.streets))], f"{rng.randrange(1, 40)}幢{rng.randrange(101, 2905)}室"
    return ScriptReceiver(
        name=chinese_name(rng),
        phone=MOBILE_PREFIX + digits(seed, number, 8),
        country="CN",
        province=place.province,
        city=place.city,
        district=place.district,
        detail=street if _ROOM.search(street) else street + rooms,
    )


def chinese_name(rng: Random) -> str:
    """A surname and two characters, the last of which says that nobody bears it."""
    return rng.choice(SURNAMES) + rng.choice(GIVEN_FIRST) + rng.choice(GIVEN_SECOND)


def foreign_receiver(seed: int, number: int, country: str, rng: Random) -> ScriptReceiver:
    """Person `number` of the day in a country of the set; a real city, a street that is none."""
    code, city, region, zip_code = rng.choice(load_atlas().abroad[country])
    return ScriptReceiver(
        name=f"{rng.choice(FOREIGN_GIVEN)} {rng.choice(FOREIGN_FIRST)}{rng.choice(FOREIGN_SECOND)}",
        phone=FOREIGN_PREFIX + digits(seed, number, 9),
        country=code,
        province=region,
        city=city,
        district="",
        detail=f"{rng.randrange(1, 240)} {rng.choice(FOREIGN_STREETS)}",
        zip_code=zip_code,
    )


def lost_receiver(seed: int, number: int, rng: Random) -> ScriptReceiver:
    """Person `number` of the day with an address that names no place."""
    return ScriptReceiver(
        name=chinese_name(rng),
        phone=MOBILE_PREFIX + digits(seed, number, 8),
        country="CN",
        province="",
        city="",
        district="",
        detail=rng.choice(LOST_DETAILS),
    )
