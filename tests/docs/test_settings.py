"""Every setting is documented where an administrator looks: the example file and docs/settings.md."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from core.settings import Settings

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / "config.example.toml").read_text("utf-8")
PAGE = (ROOT / "docs" / "settings.md").read_text("utf-8")


def settings() -> Iterator[tuple[str, FieldInfo]]:
    """Dotted name and field of every single setting."""
    for name, field in Settings.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            yield from ((f"{name}.{key}", inner) for key, inner in section.model_fields.items())
        else:
            yield name, field


@pytest.mark.parametrize(("name", "field"), list(settings()), ids=lambda value: str(value)[:30])
def test_a_setting_is_in_both_documents_with_its_sentence(name: str, field: FieldInfo) -> None:
    assert field.description, "each setting has a sentence"
    assert f"`{name}`" in PAGE
    assert field.description in PAGE
    if name != "now":  # for repeating a command, never for a configuration file
        assert field.description in EXAMPLE
        assert f"#{name.rpartition('.')[2]} =" in EXAMPLE


def test_the_example_file_is_accepted_when_its_marks_are_removed(tmp_path: Path) -> None:
    from core.settings import load_settings

    lines = [
        line.removeprefix("#") if line.startswith("#") and " = " in line else line
        for line in EXAMPLE.splitlines()
    ]
    lines = [line for line in lines if not line.startswith("#") and not line.startswith(" ")]
    path = tmp_path / "config.toml"
    path.write_text("\n".join(lines), "utf-8")
    loaded = load_settings({}, path)
    assert loaded.office.due_soon_hours == 24
    assert loaded.database_url.startswith("postgresql+psycopg://")
