"""`huiying evaluate incidents`: how well messages of one matter are found together, beside the plain way."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.table import Table

from analysis.clustering import Text, matters_of
from analysis.clustering_scores import agreement, pairwise_f1
from analysis.heat import Heard, halves, heat_of
from analysis.lexicon import load_lexicon
from analysis.plain_clustering import NOISE, plain_clusters
from analysis.terms import load_wording
from core.clock import SystemClock
from core.rule_files import rules_folder
from core.settings import load_settings
from huiying.cli.analysing import evaluate_app
from huiying.labelled_matters import LabelledMatters, read_events, read_messages
from huiying.output import command, console, print_json

__all__ = ["evaluate_app"]

_Found = TypeVar("_Found")
# Below this an event says little about a clustering; it still counts in the hot list.
_LARGE = 10


@evaluate_app.command("incidents")
@command
def evaluate_incidents(
    messages: Annotated[Path, typer.Argument(help="来文：信箱导出表，或含 text 列、文件名带日期的 csv。")],
    events: Annotated[Path | None, typer.Option(help="标注过的事件：event,留言编号,teams。")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """检验事件归并：与人工事件或话题标签相比，并与 TF-IDF + DBSCAN 对照。"""
    now = load_settings(os.environ).now or SystemClock().now()
    data = read_messages(messages, now)
    labelled = read_events(events) if events is not None else {}
    folder = rules_folder() / "lexicon"
    wording = load_wording(folder, load_lexicon(folder))
    ours, our_seconds = _timed(lambda: matters_of(data.texts, wording))
    plain, plain_seconds = _timed(lambda: plain_clusters([f"{one.title}\n{one.body}" for one in data.texts]))
    # What DBSCAN leaves over stands alone: kinder to it than one heap of noise.
    alone = [-place if cluster == NOISE else cluster + 1 for place, cluster in enumerate(plain)]
    places = _places(data, labelled)
    shape = {
        "n": len(data.texts),
        **_figures(data, places, ours),
        "seconds": our_seconds,
        "baseline": {**_figures(data, places, alone), "seconds": plain_seconds},
        "speed_ratio": plain_seconds / our_seconds if our_seconds else None,
        "hot_rank": _hot_ranks(data.texts, ours, places),
    }
    if as_json:
        print_json(shape)
    else:
        _show(shape)


def _timed(work: Callable[[], _Found]) -> tuple[_Found, float]:
    """The result and the processor seconds it took: other programs on the machine do not count."""
    began = time.process_time()
    found = work()
    return found, time.process_time() - began


def _places(data: LabelledMatters, events: Mapping[str, set[str]]) -> dict[str, list[int]]:
    """Event → places of its messages."""
    place_of = {number: place for place, number in enumerate(data.numbers)}
    return {
        name: sorted(place_of[number] for number in numbers if number in place_of)
        for name, numbers in events.items()
    }


def _figures(data: LabelledMatters, events: Mapping[str, list[int]], clusters: list[int]) -> dict[str, Any]:
    large = [places for places in events.values() if len(places) >= _LARGE]
    same = agreement(data.tags, clusters) if data.tags is not None else None
    return {
        "pairwise_f1": pairwise_f1(clusters, large) if large else None,
        "homogeneity": same.homogeneity if same else None,
        "completeness": same.completeness if same else None,
        "nmi": same.nmi if same else None,
    }


def _hot_ranks(texts: Sequence[Text], clusters: list[int], events: Mapping[str, list[int]]) -> dict[str, int]:
    """Event → rank, in the hot list of the whole file, of the matter that holds most of its messages."""
    members: dict[int, list[int]] = defaultdict(list)
    for place, cluster in enumerate(clusters):
        members[cluster].append(place)
    heats = {cluster: _heat([texts[place] for place in places]) for cluster, places in members.items()}
    hottest = sorted(heats, key=lambda cluster: (-heats[cluster], cluster))
    ranks = {}
    for name, places in events.items():
        held = [clusters[place] for place in places]
        if held:
            ranks[name] = 1 + hottest.index(max(sorted(set(held)), key=held.count))
    return ranks


def _heat(texts: Sequence[Text]) -> float:
    recent, before = halves([one.at for one in texts])
    return heat_of(Heard(len(texts), len(texts), recent=recent, before=before)).score


def _show(shape: Mapping[str, Any]) -> None:
    table = Table("做法", "成对F1", "同质性", "完整性", "NMI", "处理器秒")
    for name, figures in (("本系统", shape), ("TF-IDF + DBSCAN", shape["baseline"])):
        keys = ("pairwise_f1", "homogeneity", "completeness", "nmi")
        told = ["--" if figures[key] is None else f"{figures[key]:.3f}" for key in keys]
        table.add_row(name, *told, f"{figures['seconds']:.1f}")
    console.print(table)
    for event, rank in shape["hot_rank"].items():
        console.print(f"“{event}”在热榜第 {rank} 位。")
    console.print(f"共 {shape['n']:,} 条。话题标签只作标准，不参与归并；事件以两个团队以上认定为准。")
