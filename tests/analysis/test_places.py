from __future__ import annotations

from pathlib import Path

import pytest

from analysis.places import Gazetteer, load_gazetteer, region_of
from core.errors import RuleError
from core.rule_files import rules_folder


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    """The names that ship."""
    return load_gazetteer(rules_folder() / "places")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("南京市鼓楼区中山北路积水", "江苏省南京市鼓楼区"),
        ("福州的鼓楼区有人违停", "福建省福州市鼓楼区"),
        ("上海嘉定区安亭镇的公交太少", "上海市嘉定区安亭镇"),
        ("北京市朝阳区望京街道停水", "北京市朝阳区望京街道"),
        ("乌鲁木齐市下雪路滑", "新疆维吾尔自治区乌鲁木齐市"),
        ("请问广东什么时候放假", "广东省"),
        ("吉林省长春市朝阳区供暖", "吉林省长春市朝阳区"),
        ("上海嘉定区安亭镇塔庙村路灯坏了", "上海市嘉定区安亭镇塔庙村"),
    ],
)
def test_a_place_is_found_with_what_it_lies_in(gazetteer: Gazetteer, text: str, name: str) -> None:
    found = gazetteer.find(text)
    assert (found.name, found.is_ambiguous) == (name, False)


def test_a_name_that_several_places_bear_is_ambiguous_alone(gazetteer: Gazetteer) -> None:
    found = gazetteer.find("鼓楼区的路灯坏了")
    assert found.name == ""
    assert sorted(found.candidates) == [
        "江苏省南京市鼓楼区",
        "江苏省徐州市鼓楼区",
        "河南省开封市鼓楼区",
        "福建省福州市鼓楼区",
    ]


def test_the_office_s_own_region_decides_where_a_name_stands_alone(gazetteer: Gazetteer) -> None:
    home = region_of(gazetteer, "福建省福州市")
    assert home == "3501"
    assert gazetteer.find("鼓楼区的路灯坏了", home).name == "福建省福州市鼓楼区"
    assert gazetteer.find("南京鼓楼区的路灯坏了", home).name == "江苏省南京市鼓楼区"


@pytest.mark.parametrize(
    "text",
    [
        "大力发展朝阳产业",
        "菜市场太吵",
        "南京路步行街人太多",
        "注意区别对待",
        "",
        "😀",
        "hello",
        "A3区的工地",
        "市民来信",
    ],
)
def test_what_only_looks_like_a_place_is_none(gazetteer: Gazetteer, text: str) -> None:
    found = gazetteer.find(text)
    assert (found.name, found.candidates) == ("", ())


def test_a_long_text_is_read_in_time(gazetteer: Gazetteer) -> None:
    assert gazetteer.find("没有地名的一句话。" * 100_000).name == ""


def test_a_damaged_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="行政区划"):
        load_gazetteer(tmp_path)
    (tmp_path / "divisions.tsv").write_text("没有代码\n", "utf-8")
    with pytest.raises(RuleError, match="代码"):
        load_gazetteer(tmp_path)
