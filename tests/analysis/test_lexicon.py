from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from analysis.lexicon import Cue, load_lexicon
from core.errors import RuleError
from core.rule_files import rules_folder

SHIPPED = rules_folder() / "lexicon"


def cue(**given: object) -> Cue:
    return Cue.model_validate({"name": "停水", "matches": ["停水了"], "must_not_match": ["通水了"], **given})


def test_shipped_lists_load_with_all_their_examples() -> None:
    lexicon = load_lexicon(SHIPPED)
    hot = {topic.name for topic in lexicon.topics if topic.hot}
    assert hot == {"卫生防疫", "公正监管", "房地产市场", "招生入学", "社会保障"}


def test_found_words_are_distinct_and_in_order() -> None:
    assert cue(words=["停水", "停水了"], patterns=["三天"]).found("三天停水,又停水了,停水") == [
        "三天",
        "停水",
        "停水了",
    ]


def test_unless_takes_a_saying_out_before_looking() -> None:
    one = cue(words=["停水"], unless=["停水通知"])
    assert one.found("请问停水通知在哪看") == []
    assert one.found("看到停水通知,真的停水") == ["停水"]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"words": ["停电"]}, "套不上自己的例子“停水了”"),
        ({"words": ["停水", "通水"]}, "套上了不该套的例子“通水了”"),
        ({}, "没有任何词语"),
        ({"words": ["停水", "停水"]}, "重复的词语"),
        ({"patterns": ["(停水"]}, "正则表达式不对"),
    ],
)
def test_entry_that_does_not_hold_its_examples_is_refused(given: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        cue(**given)


def test_faulty_file_is_named(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path / "lexicon")
    path = tmp_path / "lexicon" / "risk.yml"
    path.write_text(path.read_text("utf-8").replace("high_from: 0.6", "high_from: 0.2"), encoding="utf-8")
    with pytest.raises(RuleError, match=r"risk\.yml.*high_from 应大于 raised_from"):
        load_lexicon(tmp_path / "lexicon")
