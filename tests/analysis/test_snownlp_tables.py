from __future__ import annotations

import subprocess
import sys
from array import array
from importlib import metadata
from pathlib import Path

import pytest

from analysis.sentiment import snownlp_tables
from analysis.sentiment.fast import SnowNlpScorer, open_scorer
from analysis.sentiment.snownlp_tables import check_installed_snownlp, open_tables
from analysis.sentiment.table_file import TableFile, write_table_file
from core.errors import ModelError


def test_columns_come_back_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "some.tables"
    write_table_file(
        path, {"model": "m"}, {"a": array("d", [0.1, -3.5]), "b": b"\xe5\xa5\xbd", "c": array("H", [7])}
    )
    tables = TableFile(path, {"model": "m"})
    assert list(tables.numbers("a")) == [0.1, -3.5]
    assert tables.content("b").decode() == "好"
    assert list(tables.numbers("c")) == [7]
    assert list(tmp_path.iterdir()) == [path]


def test_table_of_another_model_is_refused(tmp_path: Path) -> None:
    write_table_file(tmp_path / "x", {"model": "m"}, {"a": b"1"})
    with pytest.raises(ModelError, match="版本不符"):
        TableFile(tmp_path / "x", {"model": "n"})


@pytest.mark.parametrize("place", [0, 9, 14, -1])
def test_changed_byte_is_noticed(tmp_path: Path, place: int) -> None:
    path = tmp_path / "x"
    write_table_file(path, {"model": "m"}, {"a": array("d", [1.0, 2.0])})
    content = bytearray(path.read_bytes())
    content[place] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(ModelError):
        TableFile(path, {"model": "m"})


@pytest.mark.parametrize("size", [0, 5, 11, 60])
def test_cut_off_file_is_refused(tmp_path: Path, size: int) -> None:
    path = tmp_path / "x"
    write_table_file(path, {"model": "m"}, {"a": array("d", [1.0, 2.0])})
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ModelError):
        TableFile(path, {"model": "m"})


def test_second_start_uses_the_tables_of_the_first(scorer: SnowNlpScorer, models_folder: Path) -> None:
    (path,) = models_folder.iterdir()
    before = path.stat().st_mtime_ns
    open_scorer(models_folder)
    assert path.stat().st_mtime_ns == before


def test_start_with_tables_does_not_import_snownlp(scorer: SnowNlpScorer, models_folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from analysis.sentiment.fast import open_scorer;"
        f"print(open_scorer(Path({str(models_folder)!r})).score('差').raw, 'snownlp' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [repr(scorer.score("差").raw), "False"]


def test_another_version_of_snownlp_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, scorer: SnowNlpScorer, models_folder: Path
) -> None:
    monkeypatch.setattr(snownlp_tables, "VERSION", "0.12.4")
    with pytest.raises(ModelError, match=r"要求 snownlp 0\.12\.4，装的是 0\.12\.3"):
        open_tables(tmp_path)
    with pytest.raises(ModelError):
        open_tables(models_folder)


def test_altered_model_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    check_installed_snownlp()
    assert metadata.version("snownlp") == snownlp_tables.VERSION
    monkeypatch.setitem(snownlp_tables._FILES, "normal/stopwords.txt", "0" * 64)
    with pytest.raises(ModelError, match=r"stopwords\.txt"):
        check_installed_snownlp()


def test_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ModelError, match="没有建成"):
        open_tables(tmp_path / "file")
