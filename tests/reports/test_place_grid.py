"""Where messages speak of, laid out by the table of divisions that ships."""

from __future__ import annotations

import pytest

from analysis.places import Gazetteer, load_gazetteer
from core.rule_files import rules_folder
from reports.place_grid import UNLISTED, GridRow, place_grid

JIAXING = "3304"


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer(rules_folder() / "places")


def told(row: GridRow) -> dict[str, int]:
    return {one.name: one.count for one in row.tiles}


def test_the_own_region_stands_first_with_every_division_in_its_seat(gazetteer: Gazetteer) -> None:
    places = [
        ("浙江省杭州市西湖区", 9),
        ("浙江省嘉兴市南湖区解放街道", 2),
        ("海宁市", 1),
        ("浙江省嘉兴市", 1),
        ("柳河路", 3),
    ]
    own, hangzhou, unlisted = place_grid(places, gazetteer, JIAXING)
    assert told(own) == {
        "嘉兴市（未写明下级）": 1,
        "南湖区": 2,
        "秀洲区": 0,
        "嘉善县": 0,
        "海盐县": 0,
        "海宁市": 1,
        "平湖市": 0,
        "桐乡市": 0,
    }
    assert (own.name, own.count, own.more) == ("浙江省嘉兴市", 4, 0)
    assert (hangzhou.name, told(hangzhou)) == ("浙江省杭州市", {"西湖区": 9})
    assert (unlisted.name, told(unlisted)) == (UNLISTED, {"柳河路": 3})
    assert [one.shade for one in (own.tiles[1], own.tiles[2], hangzhou.tiles[0])] == [1, 0, 2]


def test_no_message_is_lost_where_there_are_too_many_places(gazetteer: Gazetteer) -> None:
    places = [(f"无名{n}号院", 1) for n in range(40)] + [
        (f"{one.name}{city.name}", 1) for one in gazetteer.inside("") for city in gazetteer.inside(one.code)
    ]
    rows = place_grid(places, gazetteer, "")
    assert sum(row.count for row in rows) == sum(count for _, count in places)
    assert all(row.count == sum(told(row).values()) + row.more for row in rows)
    assert [row.name for row in rows][-2:] == ["其他地区", UNLISTED]


def test_a_city_of_filler_districts_lists_its_districts(gazetteer: Gazetteer) -> None:
    (own,) = place_grid([("北京市东城区", 1)], gazetteer, "11")
    assert (own.name, list(told(own))[:2]) == ("北京市", ["东城区", "西城区"])


def test_nothing_said_of_any_place_is_an_empty_grid(gazetteer: Gazetteer) -> None:
    assert place_grid([], gazetteer, JIAXING) == []
