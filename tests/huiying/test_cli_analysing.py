"""The analysis commands, as an office's script calls them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from huiying.cli.analysing import analyze_command, evaluate_app, score_command
from tests.analysis import snownlp_oracle as oracle

app = typer.Typer()
app.command("analyze")(analyze_command)
app.command("score")(score_command)
app.add_typer(evaluate_app, name="evaluate")


@pytest.fixture(scope="module")
def office_folder(tmp_path_factory: pytest.TempPathFactory, models_folder: Path) -> Path:
    """A data folder whose model tables are built already."""
    folder = tmp_path_factory.mktemp("office")
    shutil.copytree(models_folder, folder / "models")
    return folder


@pytest.fixture
def run(office_folder: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """Runs commands on that folder."""
    monkeypatch.setenv("HUIYING_DATA_DIR", str(office_folder))
    return CliRunner()


def test_each_line_has_its_object_with_snownlps_score(run: CliRunner) -> None:
    lines = ["窗口的同志很耐心", "", "　", "服務態度很差😡", "的", "好\u2028坏"]
    done = run.invoke(app, ["score", "--json-lines", "--scorer", "snownlp"], input="\n".join(lines) + "\n")
    assert done.exit_code == 0
    answers = [json.loads(line) for line in done.stdout.split("\n") if line]
    assert [one["raw"] for one in answers] == [
        oracle.sentiments(line) if line.strip() else None for line in lines
    ]
    assert list(answers[0]) == ["raw", "log_odds", "unknown_share", "p_negative", "label", "words", "model"]
    assert (answers[0]["label"], answers[0]["p_negative"]) == ("uncalibrated", None)
    assert all(isinstance(word, str) and isinstance(weight, float) for word, weight in answers[0]["words"])


def test_file_with_mark_and_other_line_ends_is_read(run: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "texts.txt"
    path.write_bytes("\ufeff很差\r\n很好".encode())
    done = run.invoke(app, ["score", str(path), "--json-lines", "--scorer", "snownlp"])
    assert [json.loads(line)["raw"] for line in done.stdout.splitlines()] == [
        oracle.sentiments("很差"),
        oracle.sentiments("很好"),
    ]


def test_score_without_json_lines_is_a_list_to_read(run: CliRunner) -> None:
    done = run.invoke(app, ["score", "--scorer", "snownlp"], input="很差\n\n")
    assert done.stdout == f"{oracle.sentiments('很差'):.4f}\t很差\n  --  \t\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["score", "/no/such/file"], "file.unreadable"),
        (["score", "--scorer", "gpt"], "invalid_input"),
        (["evaluate", "sentiment", "/no/such/file"], "file.unreadable"),
    ],
)
def test_what_cannot_be_done_is_named_with_exit_1(run: CliRunner, arguments: list[str], code: str) -> None:
    done = run.invoke(app, arguments, input="")
    assert done.exit_code == 1
    assert code in done.stderr


def test_evaluation_has_the_contracts_shape(run: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "labelled.tsv"
    path.write_text("label\ttext\n0\t差\n1\t不错\n0\t很差\n1\t喜欢\n", encoding="utf-8")
    done = run.invoke(app, ["evaluate", "sentiment", str(path), "--json"])
    assert done.exit_code == 0
    answer = json.loads(done.stdout)
    assert answer["n"] == 4
    assert list(answer["models"]) == ["snownlp", "huiying-1"]
    assert answer["models"]["snownlp"]["auc"] == 1.0
    assert set(answer["models"]["snownlp"]) == {
        "auc",
        "accuracy",
        "macro_f1",
        "negative_precision",
        "negative_recall",
        "brier",
    }


def test_faulty_data_gives_an_error_object(run: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "bad.tsv"
    path.write_text("3\t好\n", encoding="utf-8")
    done = run.invoke(app, ["evaluate", "sentiment", str(path), "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"]["code"] == "file.not_labelled"


def test_analysis_of_an_empty_office_does_nothing(run: CliRunner) -> None:
    done = run.invoke(app, ["analyze", "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {"assessed": 0, "model": "huiying-1"}
