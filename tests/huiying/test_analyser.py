"""The analyser of an office: its topic scheme by name or by file, and its own region."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from analysis.assessment import AnalysisInput
from core.errors import SettingsError
from core.settings import Settings, load_settings
from huiying.analyser import open_analyser, topic_judge

SCHOOL = AnalysisInput("", "学校强制补课，还要收补课费，家长都有意见。")


def settings(folder: Path, topics: str, name: str = "本单位") -> Settings:
    return load_settings({}, data_dir=folder, analysis={"topics": topics}, office={"name": name})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, models_folder: Path) -> Path:
    path = tmp_path_factory.mktemp("analyser")
    copytree(models_folder, path / "models")
    return path


@pytest.mark.parametrize(
    ("topics", "school"),
    [("领域", "招生入学"), ("热点", "招生入学"), ("十五类", "教育文体"), ("七类", "教育文体")],
)
def test_a_message_gets_a_topic_of_the_chosen_scheme(folder: Path, topics: str, school: str) -> None:
    analyser = open_analyser(settings(folder, topics))
    found = analyser.assess([SCHOOL, AnalysisInput("", "龘靐齉")], ["教育科", "办公室"])
    assert [one.topic for one in found] == [school, ""]
    assert found[0].section == "教育科"


def test_schemes_have_seven_fifteen_and_the_hot_fields(folder: Path) -> None:
    seven, fifteen = (topic_judge(settings(folder, name)) for name in ("七类", "十五类"))
    assert seven is not None
    assert fifteen is not None
    assert (len(seven.sections), len(fifteen.sections)) == (7, 15)
    hot = open_analyser(settings(folder, "热点")).lexicon.topics
    assert {one.name for one in hot} == {"卫生防疫", "公正监管", "房地产市场", "招生入学", "社会保障"}


def test_a_scheme_of_the_office_is_read_from_its_file_and_a_wrong_name_says_what_there_is(
    folder: Path,
) -> None:
    own = folder / "own.yml"
    own.write_text(
        "margin: 0.0\nclasses:\n"
        "  - {name: 校园, strong: [学校, 补课], sections: [教育], matches: [学校补课]}\n"
        "  - {name: 其他, strong: [路灯], matches: [路灯不亮]}\n",
        encoding="utf-8",
    )
    (found,) = open_analyser(settings(folder, str(own))).assess([SCHOOL], ["教育科"])
    assert (found.topic, found.section) == ("校园", "教育科")
    with pytest.raises(SettingsError, match="十六类"):
        topic_judge(settings(folder, "十六类"))


def test_the_offices_own_region_tells_which_of_two_places_is_meant(folder: Path) -> None:
    given = [AnalysisInput("", "鼓楼区的路灯坏了")]
    (abroad,) = open_analyser(settings(folder, "领域")).assess(given)
    assert abroad.place.is_ambiguous
    (home,) = open_analyser(settings(folder, "领域", "福州市城市管理局")).assess(given)
    assert home.place.name == "福建省福州市鼓楼区"
