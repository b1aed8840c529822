"""`huiying train`: models of the office's own, from its own labels."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from analysis.labelled import Form, read_with_channels
from analysis.sentiment.calibration import ALL_CHANNELS, LABELS_NEEDED
from analysis.sentiment.fast import open_words
from analysis.sentiment.model_file import write_model
from analysis.sentiment.models import OFFICE_MODEL, SHIPPED, STOCK, open_default, open_model
from analysis.sentiment.training import Method, Trained, train
from core.labels import label as label_of
from core.settings import load_settings
from core.vocabulary import Channel
from huiying.analyser import models_folder
from huiying.cli.analysing import Json, read_data, show_figures
from huiying.cli.topics import train_topics_command
from huiying.output import command, console, print_json
from huiying.own_labels import FromCorrections, corrected, labelled_polarities

train_app = typer.Typer(help="用本单位自己的标注训练模型。", no_args_is_help=True)

_LONGEST_NAME = 60


train_app.command("topics")(train_topics_command)


@train_app.command("sentiment")
@command
def train_sentiment(
    out: Annotated[Path, typer.Option("--out", help="模型写到哪个文件。")],
    data: Annotated[
        Path | None,
        typer.Argument(help="标注数据：label<TAB>text[<TAB>channel]，0 负面、1 正面；渠道列要有表头。"),
    ] = None,
    from_corrections: FromCorrections = False,
    form: Annotated[Form, typer.Option(help="数据的格式。")] = Form.AUTO,
    method: Annotated[Method, typer.Option(help="训练方法;auto 取留出数据上较好者。")] = Method.AUTO,
    as_json: Json = False,
) -> None:
    """训练情感模型：留出五分之一检验，与原版和现用的默认模型并列，再用全部标注训练后写入文件。

    每个渠道有 200 条以上标注的，另为该渠道校准概率；不足的一律答“未校准”。
    """
    folder = models_folder(load_settings(os.environ))
    default = open_default(folder)
    rows = read_with_channels(data.name, read_data(data), form) if data is not None else []
    rows += corrected(labelled_polarities, wanted=from_corrections, is_alone=data is None)
    present = {STOCK: open_model(STOCK, folder), default.model: default}
    name = f"{SHIPPED}-own-{out.stem}"[:_LONGEST_NAME]
    channels = {text: channel for _, text, channel in rows if channel}
    labels = [(label, text) for label, text, _ in rows]
    done = train(labels, open_words(folder), present, name=name, method=method, channels=channels)
    write_model(out, done.model)
    if as_json:
        print_json(_shape(done, out))
    else:
        _show(done, out, folder)


def _shape(done: Trained, out: Path) -> dict[str, object]:
    return {
        "out": str(out),
        "model": done.model.name,
        "method": done.method.value,
        "n": done.model.trained_on,
        "held_out": done.held_out,
        "calibrated": bool(done.model.channels),
        "channels": {channel: fit.labels for channel, fit in done.model.channels.items()},
        "beats_default": done.beats_default,
        "models": {name: asdict(one) for name, one in done.figures.items()},
    }


def _show(done: Trained, out: Path, folder: Path) -> None:
    show_figures(done.figures)
    console.print(f"以上在留出的 {done.held_out:,} 条上检验；模型再用全部 {done.model.trained_on:,} 条训练。")
    if not done.model.channels:
        console.print(f"没有一个渠道有 {LABELS_NEEDED} 条标注，概率未经校准。")
    for channel, fit in done.model.channels.items():
        name = "所有渠道" if channel == ALL_CHANNELS else label_of(Channel(channel))
        console.print(f"{name}：已用 {fit.labels:,} 条标注校准概率。")
    if done.beats_default:
        console.print(f"已写入 {out}。要作为本单位的默认模型，请复制为 {folder / OFFICE_MODEL}。")
    else:
        console.print(f"已写入 {out}，但它不如现用的默认模型，不建议启用。")
