"""A source's file is checked whole: what is wrong is said, and nothing that ships is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import InvalidInput
from core.vocabulary import Route
from crawlers.catalog import load_catalog, read_source, shipped_folder
from crawlers.reading.listings import DetailReader, ListReader

EXAMPLE = (shipped_folder() / "example_mailbox.yml").read_text("utf-8")


@pytest.mark.parametrize("path", sorted(shipped_folder().glob("*.yml")), ids=lambda path: path.stem)
def test_what_ships_can_be_read_and_compiled(path: Path) -> None:
    source = read_source(path)
    if source.mailbox:
        ListReader(source.mailbox.list)
        if source.mailbox.detail:
            DetailReader(source.mailbox.detail)
    assert source.legal.note
    assert source.legal.approved_by
    if source.unverified or source.route is Route.LOGIN:
        assert not source.enabled
        assert source.off_because


WRONG = [
    ("anchor: table.list", "anker: table.list", "不认识的项 mailbox.list.anker"),
    ("来信时间: created_at\n      办理状态", "来信日: creatd_at\n      办理状态", "不认识的字段 creatd_at"),
    ("route: B", "route: C\nneeds_credential: true", None),
    ("enabled: false\noff_because: 这是教学用的范例，网站并不存在。", "enabled: false", "off_because"),
    ("route: B", "route: E", "route"),
    ("base_url: https://www.binhai.example", "base_url: ftp://x", "地址 ftp://x 不对"),
    ("base_url: https://www.binhai.example", "base_url: https://me:secret@x.example", "不对"),
    ("cadence: {every_minutes: 60", "cadence: {every_minutes: 1", "cadence.every_minutes"),
    ("adapter: mailbox", "adapter: feed", "要写 feed 一节"),
    ("name: 范例信箱", "", "缺少 name"),
    ("delay_seconds: 5", "delay_seconds: 5, robots: not_applicable", "robots.txt"),
]


@pytest.mark.parametrize(("old", "new", "said"), WRONG, ids=[row[1][:30] for row in WRONG])
def test_a_wrong_file_is_refused_with_its_place(tmp_path: Path, old: str, new: str, said: str | None) -> None:
    assert old in EXAMPLE
    path = tmp_path / "own.yml"
    path.write_text(EXAMPLE.replace(old, new, 1), "utf-8")
    if said is None:
        assert read_source(path).route is Route.LOGIN
        return
    with pytest.raises(InvalidInput) as caught:
        read_source(path)
    assert "own.yml" in caught.value.message
    assert said in caught.value.message


def test_a_login_source_cannot_be_switched_on_by_its_file(tmp_path: Path) -> None:
    path = tmp_path / "own.yml"
    path.write_text(
        EXAMPLE.replace("route: B", "route: C").replace("enabled: false", "enabled: true"), "utf-8"
    )
    with pytest.raises(InvalidInput, match="管理员批准"):
        read_source(path)


def test_text_that_is_no_yaml_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "own.yml"
    path.write_text("name: [", "utf-8")
    with pytest.raises(InvalidInput, match="YAML"):
        read_source(path)


def test_the_offices_file_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "example_mailbox.yml").write_text(
        EXAMPLE.replace("范例信箱", "本单位的信箱"), "utf-8"
    )
    assert load_catalog(tmp_path).get("example_mailbox").name == "本单位的信箱"
