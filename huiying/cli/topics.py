"""`huiying evaluate topics` and `huiying train topics`: putting messages into the office's classes."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from analysis.labelled_topics import LabelledMessage, read_labelled_topics
from analysis.normalize import normalize
from analysis.topic_classes import load_scheme
from analysis.topic_evaluation import TopicsReport, evaluate_topics
from analysis.topic_model import TopicJudge, read_topic_model, train_topics, write_topic_model
from core.errors import FileRefused
from core.rule_files import rules_folder
from huiying.output import command, console, print_json, print_table
from huiying.own_labels import FromCorrections, corrected, labelled_topics

SCHEME = "topic_classes.yml"

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
Data = Annotated[Path, typer.Argument(help="带领域的来文：列 title、body、topic，xlsx 或 csv。")]
SchemeFile = Annotated[Path | None, typer.Option("--scheme", help="分类方案；不填为自带的十五类。")]


@command
def evaluate_topics_command(
    data: Data,
    model: Annotated[
        Path | None, typer.Option("--model", help="train topics 所得的模型；不填只用词表。")
    ] = None,
    scheme: SchemeFile = None,
    as_json: Json = False,
) -> None:
    """检验归类：宏F1、准确率、“不确定”的比例、各类的查准查全；只在数据中出现的各类里选。"""
    rows = _read(data)
    trained = read_topic_model(model) if model is not None else None
    judge = TopicJudge(load_scheme(scheme or rules_folder() / "lexicon" / SCHEME), trained)
    among = sorted({row.topic for row in rows})
    answers = [judge.classify(normalize(row.title), normalize(row.body), among).name for row in rows]
    report = evaluate_topics([row.topic for row in rows], answers)
    if as_json:
        print_json(asdict(report))
    else:
        _show(report)


@command
def train_topics_command(
    out: Annotated[Path, typer.Option("--out", help="模型写到哪个文件。")],
    data: Annotated[
        Path | None, typer.Argument(help="带领域的来文：列 title、body、topic，xlsx 或 csv。")
    ] = None,
    from_corrections: FromCorrections = False,
    as_json: Json = False,
) -> None:
    """用本单位归过类的来文训练归类模型（已分词的文字也可以），或用工作人员更正和确认过的主题。"""
    rows = _read(data) if data is not None else []
    rows += corrected(labelled_topics, wanted=from_corrections, is_alone=data is None)
    model = train_topics([(row.topic, f"{normalize(row.title)}\n{normalize(row.body)}") for row in rows])
    write_topic_model(out, model)
    if as_json:
        print_json({"out": str(out), "n": model.trained_on, "topics": list(model.classes)})
    else:
        console.print(f"已用 {model.trained_on:,} 条来文学会 {len(model.classes)} 类，写入 {out}。")
        console.print(f"检验:huiying evaluate topics 另一份数据 --model {out}")
        console.print("启用：复制为数据目录的 models/topics.json,再运行 huiying analyze --rescore。")


def _read(path: Path) -> list[LabelledMessage]:
    try:
        content = path.read_bytes()
    except OSError as error:
        mend = "请检查路径和读取权限。"
        raise FileRefused(str(path), f"打不开文件 {path}。", mend=mend, code="file.unreadable") from error
    return read_labelled_topics(path.name, content)


def _show(report: TopicsReport) -> None:
    table = Table("领域", "条数", "查准", "查全", "F1")
    for name, one in report.per_topic.items():
        figures = (one.precision, one.recall, one.f1)
        table.add_row(name, str(one.n), *("--" if value is None else f"{value:.3f}" for value in figures))
    print_table(table)
    summary = f"宏F1 {report.macro_f1:.3f}，准确率 {report.accuracy:.3f}，不确定 {report.unsure:.1%}"
    console.print(f"共 {report.n:,} 条；{summary}。")
