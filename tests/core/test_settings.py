"""Settings: where they come from, in which order, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from core.errors import SettingsError
from core.settings import load_settings


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine that runs the tests, and no config.toml in the working folder."""
    import os

    for name in [name for name in os.environ if name.startswith("HUIYING_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def config(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "office.toml"
    path.write_text(text, "utf-8")
    return path


def test_without_anything_sqlite_in_the_data_folder_is_used() -> None:
    settings = load_settings({})
    assert settings.database_url == "sqlite:///data/huiying.db"
    assert settings.server.host == "127.0.0.1"


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = config(tmp_path, '[office]\nname = "甲局"\ngo_live_on = 2026-12-01\n')
    monkeypatch.setenv("HUIYING_OFFICE__NAME", "乙局")
    settings = load_settings({"HUIYING_OFFICE__NAME": "乙局"}, path)
    assert settings.office.name == "乙局"
    assert settings.office.go_live_on == date(2026, 12, 1)


def test_the_file_named_in_the_environment_is_read(tmp_path: Path) -> None:
    path = config(tmp_path, "[server]\nport = 8123\n")
    assert load_settings({"HUIYING_CONFIG": str(path)}).server.port == 8123


def test_now_must_have_a_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIYING_NOW", "2026-11-23T09:00:00+08:00")
    assert load_settings({}).now == datetime(2026, 11, 23, 1, tzinfo=UTC)
    monkeypatch.setenv("HUIYING_NOW", "2026-11-23T09:00:00")
    with pytest.raises(SettingsError, match="时区"):
        load_settings({})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[office]\nnmae = "甲局"\n', "office.nmae"),
        ("[offices]\n", "offices"),
        ('[server]\nport = "eighty"\n', "server.port"),
        ("[server\n", "不是合法的 TOML"),
    ],
    ids=["misspelt key", "unknown section", "wrong type", "no TOML"],
)
def test_a_wrong_file_is_refused_with_the_place(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        load_settings({}, config(tmp_path, text))


def test_a_misspelt_environment_name_is_refused() -> None:
    with pytest.raises(SettingsError, match="HUIYING_OFFICE__NMAE"):
        load_settings({"HUIYING_OFFICE__NMAE": "甲局"})
    with pytest.raises(SettingsError, match="HUIYING_DATADIR"):
        load_settings({"HUIYING_DATADIR": "x"})


def test_a_named_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="找不到配置文件"):
        load_settings({}, tmp_path / "nowhere.toml")
