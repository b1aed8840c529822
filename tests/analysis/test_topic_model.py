"""Putting messages into classes: by the lexicon, by an office's own past, and the better of both."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import xlsxwriter

from analysis.assessment import Analyser, AnalysisInput
from analysis.labelled_topics import LabelledMessage, read_labelled_topics
from analysis.lexicon import load_lexicon
from analysis.sentiment.fast import SnowNlpScorer
from analysis.topic_classes import TopicClass, TopicScheme, load_scheme
from analysis.topic_evaluation import evaluate_topics
from analysis.topic_model import TopicJudge, read_topic_model, train_topics, write_topic_model
from core.errors import FileRefused, InvalidInput, ModelError, RuleError
from core.rule_files import rules_folder
from tests.conftest import REAL_DATA

SCHEME = rules_folder() / "lexicon" / "topic_classes.yml"

BUSES = [f"{n}路公交车司机到站不停,等了{n}分钟班车还没有来" for n in range(30)]
LESSONS = [f"第{n}小学的老师要求学生交补课费,家长都不愿意" for n in range(30)]
OWN = [("公交科", text) for text in BUSES] + [("基教科", text) for text in LESSONS]


@pytest.fixture(scope="module")
def scheme() -> TopicScheme:
    return load_scheme(SCHEME)


@pytest.mark.parametrize(
    ("title", "body", "name"),
    [
        ("物业收费不办事", "小区路灯坏了三个月", "城乡建设"),
        ("", "出租车司机拒载还绕路", "交通运输"),
        ("工资", "工地上干了半年,老板拖欠工资", "劳动和社会保障"),
        ("养猪场", "粪便直接排进河里,恶臭难闻", "环境保护"),
        ("", "今天天气不错", ""),
        ("", "", ""),
    ],
)
def test_words_decide_the_class(scheme: TopicScheme, title: str, body: str, name: str) -> None:
    found = scheme.classify(title, body)
    assert found.name == name
    assert found.reasons


def test_two_classes_that_are_level_are_unsure() -> None:
    classes = [
        TopicClass(name=name, strong=(word,), matches=(word,)) for name, word in (("甲", "路"), ("乙", "水"))
    ]
    found = TopicScheme(classes, 0.0).classify("", "路上有水")
    assert found.name == ""
    assert "难分" in found.reasons[0]


def test_word_in_the_title_counts_twice() -> None:
    classes = [
        TopicClass(name=name, strong=(word,), matches=(word,)) for name, word in (("甲", "路"), ("乙", "水"))
    ]
    assert TopicScheme(classes, 0.0).classify("路", "有水").name == "甲"


def test_scheme_that_puts_its_example_elsewhere_does_not_load(tmp_path: Path) -> None:
    path = tmp_path / "scheme.yml"
    path.write_text(
        "margin: 0\nclasses:\n"
        "  - {name: 甲, strong: [路], matches: [水]}\n"
        "  - {name: 乙, strong: [水], matches: [水]}\n",
        encoding="utf-8",
    )
    with pytest.raises(RuleError, match="甲"):
        load_scheme(path)


def test_office_past_is_learnt_and_survives_its_file(scheme: TopicScheme, tmp_path: Path) -> None:
    path = tmp_path / "topics.json"
    write_topic_model(path, train_topics(OWN))
    judge = TopicJudge(scheme, read_topic_model(path))
    assert judge.classify("", "88路公交车司机不停站").name == "公交科"
    assert judge.classify("", "小学老师收补课费").name == "基教科"


def test_text_that_resembles_nothing_is_unsure(scheme: TopicScheme) -> None:
    found = TopicJudge(scheme, train_topics(OWN)).classify("", "龘靐齉")
    assert found.name == ""
    assert "人工" in found.reasons[0]


def test_segmented_text_teaches_the_same_as_plain_text() -> None:
    segmented = [(name, " ".join(text)) for name, text in OWN]
    assert train_topics(segmented) == train_topics(OWN)


@pytest.mark.parametrize("rows", [[], OWN[:30], [*OWN, ("少", "一条")]])
def test_too_few_labels_are_refused(rows: list[tuple[str, str]]) -> None:
    with pytest.raises(InvalidInput, match="标注太少"):
        train_topics(rows)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x80\x04pickle",
        b"[" * 100_000,
        b'{"format": "huiying-topics", "version": 2}',
        json.dumps({"format": "huiying-topics", "version": 1, "trained_on": 1, "classes": {"a": {"x": -1}}}),
    ],
)
def test_cut_foreign_or_hostile_model_is_refused(content: bytes | str, tmp_path: Path) -> None:
    path = tmp_path / "topics.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ModelError, match=r"topics\.json"):
        read_topic_model(path)


def test_table_is_read_from_xlsx_csv_and_tsv_alike() -> None:
    rows = [["title", "body", "topic"], ["路灯", "坏了", "城建"], ["", "", "城建"], ["无类", "文字", ""]]
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    csv_bytes = "\n".join(",".join(row) for row in rows).encode("utf-8-sig")
    tsv_bytes = "\n".join("\t".join(row) for row in rows).encode()
    expected = [LabelledMessage("路灯", "坏了", "城建")]
    for content in (buffer.getvalue(), csv_bytes, tsv_bytes):
        assert read_labelled_topics("t", content) == expected


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04cut", b"\xff\xfe", b"a,b\n1,2\n", b"text,label\n"])
def test_table_that_says_nothing_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefused):
        read_labelled_topics("t.csv", content)


def test_figures_count_unsure_as_wrong() -> None:
    report = evaluate_topics(["甲", "甲", "乙", "乙"], ["甲", "", "乙", "甲"])
    assert (report.accuracy, report.unsure) == (0.5, 0.25)
    assert report.per_topic["甲"].f1 == pytest.approx(2 / 4)
    assert report.macro_f1 == pytest.approx((2 / 4 + 2 / 3) / 2)


@pytest.mark.real_data
def test_lexicon_and_trained_model_reach_what_is_written_down(scheme: TopicScheme) -> None:
    from analysis.normalize import normalize

    folder = REAL_DATA / "mailbox"
    rows = read_labelled_topics("gold", (folder / "topics-labelled-495.xlsx").read_bytes())
    past = read_labelled_topics("past", (folder / "topics-train-segmented.csv").read_bytes())
    model = train_topics([(row.topic, normalize(row.body)) for row in past[::3]])
    for judge, floor in ((TopicJudge(scheme), 0.78), (TopicJudge(scheme, model), 0.85)):
        names = [judge.classify(normalize(row.title), normalize(row.body)).name for row in rows]
        assert evaluate_topics([row.topic for row in rows], names).macro_f1 > floor


def test_office_model_stands_before_the_lexicon_where_it_is_sure(scorer: SnowNlpScorer) -> None:
    lexicon = load_lexicon(rules_folder() / "lexicon")
    judge = TopicJudge(load_scheme(SCHEME), train_topics(OWN))
    analyser = Analyser(scorer, lexicon, judge)
    sure, unsure = analyser.assess(
        [AnalysisInput("", "99路公交车司机不停站"), AnalysisInput("", "龘靐齉,养老金呢")]
    )
    assert sure.topic == "公交科"
    assert unsure.topic == "社会保障"
