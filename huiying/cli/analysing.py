"""`huiying analyze`, `huiying score` and `huiying evaluate`: what the analysis says, how far to trust it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer
from rich.table import Table

from analysis.assessment import Analyser
from analysis.engine import assess_again, assess_pending, group_pending, open_gatherer
from analysis.evaluation import Figures, evaluate
from analysis.labelled import Form, read_labelled
from analysis.lexicon import load_lexicon
from analysis.sentiment.fast import open_scorer
from analysis.sentiment.scorer import Sentiment, SentimentScorer
from core.errors import FileRefused, InvalidInput
from core.rule_files import rules_folder
from core.settings import Settings, load_settings
from huiying.office import open_office
from huiying.output import command, console, print_json

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
Scorer = Annotated[str, typer.Option("--scorer", help="情感模型：snownlp。")]

SHIPPED = "snownlp"
_LINES_AT_ONCE = 500

evaluate_app = typer.Typer(help="用标注过的数据检验分析的好坏。", no_args_is_help=True)


def models_folder(settings: Settings) -> Path:
    """Where the model tables are kept and built at first use."""
    return settings.data_dir / "models"


@command
def analyze_command(
    rescore: Annotated[bool, typer.Option("--rescore", help="换了模型或词表以后，全部重新研判。")] = False,
    as_json: Json = False,
) -> None:
    """研判来文：类别、是否简单问题、领域、建议科室、风险、情感分。"""
    with open_office() as office:
        scorer = open_scorer(models_folder(office.settings))
        lexicon = load_lexicon(rules_folder() / "lexicon")
        analyser = Analyser(scorer, lexicon)
        assess = assess_again if rescore else assess_pending
        assessed = assess(office.database, analyser, office.clock)
        group_pending(office.database, office.clock)
        open_gatherer(rules_folder(), lexicon).gather_pending(office.database, office.clock)
    if as_json:
        print_json({"assessed": assessed, "model": scorer.model})
    else:
        console.print(f"已研判 {assessed:,} 件来文。" if assessed else "没有待研判的来文。")


@command
def score_command(
    file: Annotated[str, typer.Argument(metavar="[FILE|-]", help="文本文件，一行一条；- 为标准输入。")] = "-",
    json_lines: Annotated[bool, typer.Option("--json-lines", help="每行输出一个 JSON 对象。")] = False,
    scorer: Scorer = SHIPPED,
) -> None:
    """给每行文字打情感分（0 负面，1 正面；未经校准，仅供参考）。"""
    model = _model(scorer)
    with _opened(file) as stream:
        lines = _lines(stream)
        while some := list(islice(lines, _LINES_AT_ONCE)):
            for line, answer in zip(some, model.score_many(some), strict=True):
                sys.stdout.write(_json_line(answer) if json_lines else _plain_line(line, answer))


@evaluate_app.callback()
def _evaluate_root() -> None:
    """Keeps `evaluate` a group while it has one command."""


@evaluate_app.command("sentiment")
@command
def evaluate_sentiment(
    data: Annotated[Path, typer.Argument(help="标注数据：label<TAB>text,0 负面、1 正面。")],
    form: Annotated[Form, typer.Option(help="数据的格式。")] = Form.AUTO,
    scorer: Scorer = SHIPPED,
    as_json: Json = False,
) -> None:
    """检验情感模型：AUC、准确率、负面的查准查全等。"""
    try:
        content = data.read_bytes()
    except OSError as error:
        raise _unreadable(str(data)) from error
    rows = read_labelled(data.name, content, form)
    labels = [label for label, _ in rows]
    figures = {}
    for name in dict.fromkeys((SHIPPED, scorer)):
        answers = _model(name).score_many([text for _, text in rows])
        raw = [answer.raw for answer in answers if answer.raw is not None]
        log_odds = [answer.log_odds for answer in answers if answer.log_odds is not None]
        figures[name] = evaluate(labels, raw, log_odds)
    if as_json:
        print_json({"n": len(rows), "models": {name: asdict(one) for name, one in figures.items()}})
    else:
        _show(len(rows), figures)


def _model(name: str) -> SentimentScorer:
    if name != SHIPPED:
        raise InvalidInput(f"没有情感模型“{name}”。", mend=f"目前可用的是 {SHIPPED}。", field="scorer")
    return open_scorer(models_folder(load_settings(os.environ)))


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


def _show(count: int, figures: dict[str, Figures]) -> None:
    table = Table("模型", "AUC", "准确率", "宏F1", "负面查准", "负面查全", "Brier")
    for name, one in figures.items():
        table.add_row(name, *("--" if value is None else f"{value:.3f}" for value in asdict(one).values()))
    console.print(table)
    console.print(f"共 {count:,} 条；切分点 0.5，未经校准。")
