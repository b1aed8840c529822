"""`huiying analyze`, `huiying score` and `huiying evaluate`: what the analysis says, how far to trust it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer
from rich.table import Table

from analysis.engine import assess_again, assess_pending, group_pending, open_gatherer
from analysis.evaluation import Figures
from analysis.labelled import Form, read_labelled
from analysis.sentiment.fast import open_words
from analysis.sentiment.models import SHIPPED, STOCK, open_default, open_model
from analysis.sentiment.scorer import Sentiment, SentimentScorer
from analysis.sentiment.training import cross_validated, measured
from core.errors import FileRefused, InvalidInput
from core.rule_files import rules_folder
from core.settings import load_settings
from huiying.analyser import models_folder, open_analyser
from huiying.cli.topics import evaluate_topics_command
from huiying.office import open_office
from huiying.output import command, console, print_json

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
Scorer = Annotated[
    str | None,
    typer.Option(
        "--scorer",
        help=f"情感模型：{STOCK}（原版）、{SHIPPED}（本软件自带）或模型文件；不填为本单位的默认模型。",
    ),
]

_LINES_AT_ONCE = 500

evaluate_app = typer.Typer(help="用标注过的数据检验分析的好坏。", no_args_is_help=True)


@command
def analyze_command(
    rescore: Annotated[bool, typer.Option("--rescore", help="换了模型或词表以后，全部重新研判。")] = False,
    as_json: Json = False,
) -> None:
    """研判来文：类别、是否简单问题、领域、建议科室、风险、情感分。"""
    with open_office() as office:
        analyser = open_analyser(office.settings)
        assess = assess_again if rescore else assess_pending
        assessed = assess(office.database, analyser, office.clock)
        group_pending(office.database, office.clock)
        open_gatherer(rules_folder(), analyser.lexicon).gather_pending(office.database, office.clock)
    if as_json:
        print_json({"assessed": assessed, "model": analyser.scorer.model})
    else:
        console.print(f"已研判 {assessed:,} 件来文。" if assessed else "没有待研判的来文。")


@command
def score_command(
    file: Annotated[str, typer.Argument(metavar="[FILE|-]", help="文本文件，一行一条；- 为标准输入。")] = "-",
    json_lines: Annotated[bool, typer.Option("--json-lines", help="每行输出一个 JSON 对象。")] = False,
    scorer: Scorer = None,
) -> None:
    """给每行文字打情感分（0 负面，1 正面；未经校准，仅供参考）。"""
    model = _model(scorer)
    with _opened(file) as stream:
        lines = _lines(stream)
        while some := list(islice(lines, _LINES_AT_ONCE)):
            for line, answer in zip(some, model.score_many(some), strict=True):
                sys.stdout.write(_json_line(answer) if json_lines else _plain_line(line, answer))


evaluate_app.command("topics")(evaluate_topics_command)


@evaluate_app.command("sentiment")
@command
def evaluate_sentiment(
    data: Annotated[Path, typer.Argument(help="标注数据：label<TAB>text,0 负面、1 正面。")],
    form: Annotated[Form, typer.Option(help="数据的格式。")] = Form.AUTO,
    scorer: Scorer = None,
    trained: Annotated[
        bool,
        typer.Option(
            "--trained",
            help="再列出用这批数据训练的两种模型（bayes、linear），五折交叉，各条由没见过它的模型评分。",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """检验情感模型：AUC、准确率、负面的查准查全等，原版与默认模型并列。"""
    rows = read_labelled(data.name, read_data(data), form)
    contenders = [_model(STOCK), _model(scorer)]
    figures = {
        STOCK if place == 0 else one.model: measured(one, rows) for place, one in enumerate(contenders)
    }
    if trained:
        folder = models_folder(load_settings(os.environ))
        figures |= cross_validated(rows, open_words(folder))
    if as_json:
        print_json({"n": len(rows), "models": {name: asdict(one) for name, one in figures.items()}})
    else:
        show_figures(figures)
        console.print(f"共 {len(rows):,} 条；切分点 0.5。")


def _model(name: str | None) -> SentimentScorer:
    folder = models_folder(load_settings(os.environ))
    if name is None:
        return open_default(folder)
    if name not in (STOCK, SHIPPED) and not Path(name).is_file():
        mend = f"可用的是 {STOCK}、{SHIPPED}，或一个模型文件的路径。"
        raise InvalidInput(f"没有情感模型“{name}”。", mend=mend, field="scorer")
    return open_model(name, folder)


def read_data(path: Path) -> bytes:
    """The bytes of a file of labelled data.

    Raises:
        FileRefused: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(str(path)) from error


def _opened(file: str) -> BinaryIO:
    if file == "-":
        return sys.stdin.buffer
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise _unreadable(file) from error


def _unreadable(file: str) -> FileRefused:
    return FileRefused(file, f"打不开文件 {file}。", mend="请检查路径和读取权限。", code="file.unreadable")


def _lines(stream: BinaryIO) -> Iterator[str]:
    """The lines of a UTF-8 text, split at line feeds alone; bytes that are no UTF-8 become U+FFFD."""
    for number, line in enumerate(stream):
        text = line.decode("utf-8", errors="replace").removesuffix("\n").removesuffix("\r")
        yield text.removeprefix("\ufeff") if number == 0 else text


def _json_line(answer: Sentiment) -> str:
    shape: dict[str, Any] = {
        "raw": answer.raw,
        "log_odds": answer.log_odds,
        "unknown_share": answer.unknown_share,
        "p_negative": answer.p_negative,
        "label": answer.label,
        "words": answer.words,
        "model": answer.model,
    }
    return json.dumps(shape, ensure_ascii=False) + "\n"


def _plain_line(line: str, answer: Sentiment) -> str:
    score = "  --  " if answer.raw is None else f"{answer.raw:.4f}"
    return f"{score}\t{line}\n"


def show_figures(figures: Mapping[str, Figures]) -> None:
    """One line a model."""
    table = Table("模型", "AUC", "准确率", "宏F1", "负面查准", "负面查全", "Brier")
    for name, one in figures.items():
        table.add_row(name, *("--" if value is None else f"{value:.3f}" for value in asdict(one).values()))
    console.print(table)
