"""`huiying sender`: a system is let in to push, shown without its secret, and ended."""

from __future__ import annotations

from pathlib import Path

from tests.command import Command


def test_a_sender_is_added_shown_without_its_secret_and_ended(data_dir: Path) -> None:
    run = Command(data_dir)
    added = run("sender", "add", "--name", "城市管理平台", "--source", "city_platform", "--json").json
    assert added["secret"].startswith("whsec_")
    listed = run("sender", "list", "--json")
    assert [one["source"] for one in listed.json["senders"]] == ["city_platform"]
    assert added["secret"] not in listed.out
    assert added["secret"].encode() not in (data_dir / "huiying.db").read_bytes(), "it is kept sealed"
    assert run("sender", "disable", "1").code == 0
    again = run("sender", "disable", "1")
    assert again.code != 0
    assert "sender list" in again.err
    assert run("sender", "add", "--name", "甲", "--source", "../x").code != 0
