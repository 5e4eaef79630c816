import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paidan.parties.addresses.divisions import atlas, countries, find_division
from paidan.parties.addresses.parse import Confidence, Problem, distance_km, locate, names, parse_address, parse_free_text, read_names, region_keys

EXACT, REPAIRED, GUESSED, FAILED = Confidence.EXACT, Confidence.REPAIRED, Confidence.GUESSED, Confidence.FAILED

APART = [
    # province, city, district, detail → adcode, confidence, detail left
    (("浙江省", "杭州市", "西湖区", "文三路1号"), "330106", EXACT, "文三路1号"),
    (("北京", "北京市", "朝阳区", "酒仙桥路4号"), "110105", EXACT, "酒仙桥路4号"),
    (("吉林省", "吉林市", "昌邑区", "江湾路1号"), "220202", EXACT, "江湾路1号"),
    (("山西省", "阳泉市", "城区", "南大街1号"), "140302", EXACT, "南大街1号"),
    (("河南省", "", "济源市", "沁园路1号"), "419001", EXACT, "沁园路1号"),
    (("河南", "济源市", "", "沁园路1号"), "419001", EXACT, "沁园路1号"),
    (("湖北省", "省直辖县级行政区划", "仙桃市", "沔州大道1号"), "429004", EXACT, "沔州大道1号"),
    (("重庆市", "县", "丰都县", "平都大道1号"), "500230", EXACT, "平都大道1号"),
    (("香港特别行政区", "香港岛", "中西区", "皇后大道1号"), "810101", EXACT, "皇后大道1号"),
    (("广东省", "东莞市", "虎门镇", "连升路1号"), "441900", EXACT, "虎门镇连升路1号"),
    (("内蒙", "呼和浩特", "赛罕区", "大学路1号"), "150105", REPAIRED, "大学路1号"),
    (("江苏省", "昆山市", "", "伟业路1号"), "320583", REPAIRED, "伟业路1号"),
    (("", "深圳市", "南山区", "科苑路1号"), "440305", REPAIRED, "科苑路1号"),
    (("浙江省", "杭州市", "", "浙江省杭州市西湖区文三路１号"), "330106", REPAIRED, "文三路1号"),
    (("浙江省", "杭州市", "西湖区", "浙江省杭州市西湖区文三路1号"), "330106", EXACT, "文三路1号"),
    (("上海", "上海市", "闸北区", "共和新路1号"), "310106", REPAIRED, "共和新路1号"),
    (("广西壮族自治区", "南宁", "横县", "茉莉路1号"), "450181", REPAIRED, "茉莉路1号"),
    (("陕西省", "西安市", "高新区", "丈八一路1号"), "610100", REPAIRED, "丈八一路1号"),
    (("浙江省", "杭州市", "", "求是路8号"), "330100", GUESSED, "求是路8号"),
    (("浙江省", "杭州市", "无名区", "求是路8号"), "330100", GUESSED, "求是路8号"),
    (("", "", "朝阳区", "酒仙桥路4号"), "110105", GUESSED, "酒仙桥路4号"),
    (("", "", "", "民心路88号东方君悦"), None, FAILED, "民心路88号东方君悦"),
    (("浙江省", "", "", "民心路88号"), None, FAILED, "民心路88号"),
]

LINES = [
    ("浙江省诸暨市暨阳街道市南路85号", "330681", REPAIRED, "暨阳街道市南路85号"),
    ("北京市朝阳区三元桥天元港中心B座2503", "110105", EXACT, "三元桥天元港中心B座2503"),
    ("深圳南山科技园科苑路6号", "440305", REPAIRED, "科技园科苑路6号"),
    ("深圳宝安西乡劳动第一工业区", "440306", REPAIRED, "西乡劳动第一工业区"),
    ("四川宜宾江安竹都大道中段25号", "511523", REPAIRED, "竹都大道中段25号"),
    ("广州市 萝岗区 科学大道182号", "440112", REPAIRED, "科学大道182号"),
    ("北京市经济技术开发区西环南路18号", "110100", REPAIRED, "西环南路18号"),
    ("地址：武汉市武昌区积玉桥", "420106", REPAIRED, "积玉桥"),
    ("营销中心地址：武汉市东西湖区金银湖环湖五路", "420112", GUESSED, "金银湖环湖五路"),
    ("黄埭镇春秋路许午桥38号", "320507", GUESSED, "黄埭镇春秋路许午桥38号"),
    ("朝阳区望京soho", "110105", GUESSED, "望京soho"),
    ("南京东路300号", None, FAILED, "南京东路300号"),
    ("上海路1号", None, FAILED, "上海路1号"),
    ("Alphaalpine solutions inc", None, FAILED, "Alphaalpine solutions inc"),
    ("", None, FAILED, ""),
]


@pytest.mark.parametrize(("written", "adcode", "confidence", "detail"), APART)
def test_names_told_apart_are_understood(written: tuple[str, str, str, str], adcode: str | None, confidence: Confidence, detail: str) -> None:
    parsed = parse_address(*written)
    assert (parsed.adcode, parsed.confidence, parsed.detail) == (adcode, confidence, detail)


@pytest.mark.parametrize(("line", "adcode", "confidence", "detail"), LINES)
def test_a_line_as_people_type_it_is_understood(line: str, adcode: str | None, confidence: Confidence, detail: str) -> None:
    parsed = parse_free_text(line)
    assert (parsed.adcode, parsed.confidence, parsed.detail) == (adcode, confidence, detail)


def test_every_division_is_found_by_its_own_names() -> None:
    by_code = atlas().by_code
    for division in by_code.values():
        if division.level != "district":
            continue
        above = by_code[division.parent]
        province = above if above.level == "province" else by_code[above.parent]
        parsed = parse_address(province.name, above.name if above.level == "city" else "", division.name, "一路1号")
        assert (parsed.adcode, parsed.district, parsed.confidence) == (division.adcode, division.name, EXACT), division


def test_towns_are_told_from_the_detail() -> None:
    assert parse_address("浙江省", "嘉兴市", "桐乡市", "乌镇镇子夜路1号").town == "乌镇镇"
    assert parse_address("浙江省", "嘉兴市", "桐乡市", "子夜路1号").town == ""


def test_a_missing_detail_and_a_zone_are_named_as_problems() -> None:
    assert Problem.DETAIL_MISSING in parse_address("浙江省", "杭州市", "西湖区", "").problems
    assert Problem.DISTRICT_IS_ZONE in parse_address("陕西省", "西安市", "高新区", "丈八一路1号").problems


def test_region_keys_go_from_the_district_to_everywhere() -> None:
    assert region_keys(parse_address("浙江省", "杭州市", "西湖区", "x")) == ("330106", "330100", "330000", "CN", "*")
    assert region_keys(parse_address("北京", "北京市", "朝阳区", "x")) == ("110105", "110100", "110000", "CN", "*")
    assert region_keys(parse_address("河南省", "", "济源市", "x")) == ("419001", "410000", "CN", "*")
    assert region_keys(parse_address("香港", "", "", "x")) == ("810000", "HK", "*")
    assert region_keys(parse_address("England", "London", "", "1 High Street", "GB")) == ("GB", "*")


def test_a_foreign_address_keeps_its_words_and_lies_in_its_country() -> None:
    parsed = parse_address("England", "London", "", "1 High Street", "United Kingdom", zip_code="N1 9GU")
    assert (parsed.country, parsed.city, parsed.zip_code, parsed.confidence) == ("GB", "London", "N1 9GU", EXACT)
    assert parse_address("", "", "", "1 High Street", "Atlantis").confidence is FAILED
    assert parse_address("", "", "", "Queen's Road 1", "HK").adcode == "810000"


def test_an_old_code_falls_back_to_what_it_belonged_to() -> None:
    assert [division.adcode for division in map(find_division, ("330106", "330104", "339999")) if division] == ["330106", "330100", "330000"]
    assert find_division("990000") is None


def test_divisions_have_plausible_points() -> None:
    for division in atlas().by_code.values():
        assert 73 < division.longitude < 136, division
        assert 3 < division.latitude < 54, division
    assert all(-180 <= country.longitude <= 180 and -90 <= country.latitude <= 90 for country in countries().values())


def test_distances_are_those_of_the_globe() -> None:
    assert distance_km(116.40, 39.90, 121.47, 31.23) == pytest.approx(1067, abs=10)  # Beijing to Shanghai
    assert distance_km(10.0, 10.0, 10.0, 10.0) == 0


def test_real_addresses_mostly_reach_a_city_and_keep_their_detail() -> None:
    rows = list(csv.DictReader((Path(__file__).parent / "addresses_sample.csv").open(encoding="utf-8")))
    parsed = [parse_free_text(row["address"]) for row in rows]
    assert sum(each.adcode is not None for each in parsed) >= 0.87 * len(rows)
    assert sum(each.district != "" for each in parsed) >= 0.78 * len(rows)
    for row, each in zip(rows, parsed, strict=True):
        assert each.detail == "" or each.detail[-4:] in parse_address("", "", "", row["address"]).detail


@given(st.text(max_size=40), st.text(max_size=12), st.text(max_size=12), st.text(max_size=60))
def test_any_text_gives_an_answer_and_an_adcode_that_exists(province: str, city: str, district: str, detail: str) -> None:
    for parsed in (parse_address(province, city, district, detail), parse_free_text(province + city + detail)):
        assert (parsed.adcode is None) == (parsed.confidence is FAILED)
        assert parsed.adcode is None or parsed.adcode in atlas().by_code


def test_names_written_as_the_divisions_are_called_are_read_as_all_others_are():
    wrong = [path for path in atlas().by_path if names(*path, "") != read_names(*path, "")]
    assert len(atlas().by_path) > 2500
    assert wrong == []


@given(st.sampled_from(sorted(atlas().by_path)), st.sampled_from(["", "文三路1号", "杭州市西湖区文三路1号", "乌镇镇子夜路1号"]), st.integers(0, 7))
def test_to_locate_is_to_parse_and_forget_the_rest(path, detail, said):
    told = [name if said >> n & 1 else "" for n, name in enumerate(path)]
    place, parsed = locate(*told, detail), parse_address(*told, detail)
    assert [place.adcode, place.city, place.district, place.longitude] == [parsed.adcode, parsed.city, parsed.district, parsed.longitude]
