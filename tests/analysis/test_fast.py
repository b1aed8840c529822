from __future__ import annotations

import csv
import json
import random
from math import exp, inf
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.sentiment.bayes import positive_share
from analysis.sentiment.fast import SnowNlpScorer
from analysis.sentiment.scorer import UNCALIBRATED
from tests.analysis import snownlp_oracle as oracle

REAL_DATA = Path(__file__).parents[2].parent / "shared" / "data"

INVENTED = [
    "今天办事大厅的同志很耐心，材料一次就办好了，谢谢！",
    "楼下烧烤摊每晚吵到两点，打了三次电话没有人管，太失望了！！！",
    "请问小学一年级报名需要带什么材料",
    "好",
    "差",
    "服务态度很差",
    "服務態度很差，辦事效率低",
    "不满意，非常不满意。",
    "Wi-Fi 密码是多少？ＡＢＣ１２３",
    "[怒][怒]电梯又坏了😡😡//@路人甲:同感",
    "的了是",
    "！！！？？",
    "   前后有空白\t中间也有　全角空格   ",
    "𠀀𠀁生僻字扩展B区𪚥",
    "\u200b零宽\ufeff字符\x00控制\x1f字符",
    "龘靐齉龜齾爨",
    "某龘某靐某",
    "了" * 300,
    "我们小区从去年开始漏水" * 40,
    "乙",
    "一龥",
]


@pytest.mark.parametrize("text", INVENTED)
def test_score_and_words_equal_snownlp(text: str, scorer: SnowNlpScorer) -> None:
    assert scorer.words(text) == oracle.words(text)
    assert scorer.score(text).raw == oracle.sentiments(text)


_KINDS = st.one_of(
    st.sampled_from(
        "的一是不了在人有我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学"
    ),
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
    st.characters(min_codepoint=0x3400, max_codepoint=0x4DBF),
    st.characters(min_codepoint=0x9FA6, max_codepoint=0x9FFF),
    st.characters(min_codepoint=0x20000, max_codepoint=0x2A6DF),
    st.characters(min_codepoint=0x1F300, max_codepoint=0x1FAFF),
    st.characters(max_codepoint=0x00FF),
    st.sampled_from("　\u2028\u200d。，！？[]【】"),
    st.characters(),
)


@settings(max_examples=400, deadline=None)
@given(text=st.text(_KINDS, min_size=1, max_size=60))
def test_any_text_scores_as_in_snownlp(text: str, scorer: SnowNlpScorer) -> None:
    answer = scorer.score(text)
    if answer.raw is None:
        assert not text.strip()
    else:
        assert answer.raw == oracle.sentiments(text)
        assert scorer.words(text) == oracle.words(text)


def test_texts_damaged_at_random_score_as_in_snownlp(scorer: SnowNlpScorer) -> None:
    chance = random.Random(20261123)
    strange = "鱻麤龖㐀㒱𠀋𪜎門開關後裡髮😀👍🏽\x07\x85\u3000 \t\n"
    for text in INVENTED * 8:
        damaged = "".join(chance.choice(strange) if chance.random() < 0.2 else one for one in text)
        if damaged.strip():
            assert scorer.score(damaged).raw == oracle.sentiments(damaged), damaged


@pytest.mark.parametrize("empty", [None, "", "  ", "\n\t　"])
def test_text_with_no_text_has_no_score(empty: str | None, scorer: SnowNlpScorer) -> None:
    answer = scorer.score(empty)
    assert (answer.raw, answer.log_odds, answer.unknown_share, answer.words) == (None, None, None, ())


def test_stop_words_alone_have_snownlps_prior_and_no_unknown_share(scorer: SnowNlpScorer) -> None:
    answer = scorer.score("的")
    assert answer.raw == oracle.sentiments("的") != 0.5
    assert answer.unknown_share is None


def test_log_odds_still_rank_where_the_raw_score_has_run_out(scorer: SnowNlpScorer) -> None:
    once, often = (scorer.score("态度很差，投诉无门。" * times) for times in (400, 800))
    assert once.raw == often.raw == 0.0
    assert once.log_odds is not None
    assert often.log_odds is not None
    assert often.log_odds < once.log_odds < 0


def test_words_name_what_moved_the_score(scorer: SnowNlpScorer) -> None:
    answer = scorer.score("态度很差，差，位置很不错")
    weights = dict(answer.words)
    assert weights["差"] < 0 < weights["不错"]
    assert weights["差"] == pytest.approx(2 * dict(scorer.score("差").words)["差"], abs=1e-3)
    sizes = [abs(weight) for _, weight in answer.words]
    assert sizes == sorted(sizes, reverse=True)


def test_unknown_words_are_counted_and_not_shown(scorer: SnowNlpScorer) -> None:
    answer = scorer.score("zzqx xqzz 差")
    assert answer.unknown_share == pytest.approx(2 / 3)
    assert [word for word, _ in answer.words] == ["差"]


def test_shipped_model_is_never_shown_as_calibrated(scorer: SnowNlpScorer) -> None:
    answer = scorer.score("非常差")
    assert (answer.label, answer.p_negative, answer.model) == (UNCALIBRATED, None, "snownlp-0.12.3")


def test_many_texts_are_answered_in_order(scorer: SnowNlpScorer) -> None:
    assert scorer.score_many(["差", None, "好"]) == [scorer.score(one) for one in ("差", None, "好")]


def test_memory_of_runs_does_not_grow_without_end(models_folder: Path) -> None:
    from analysis.sentiment import segmentation
    from analysis.sentiment.snownlp_tables import open_tables

    segmenter = segmentation.Segmenter(open_tables(models_folder))
    for first in range(0x4E00, 0x9FA6, 97):
        for second in range(0x4E00, 0x9FA6, 101):
            segmenter.words(chr(first) + chr(second))
    assert len(segmenter._runs) <= segmentation._RUNS_KEPT
    assert len(segmenter._steps) <= segmentation._STEPS_KEPT
    assert len(segmenter._pairs) <= segmentation._PAIRS_KEPT


@pytest.mark.parametrize(("negative", "positive"), [(0.0, -2000.0), (-2000.0, 0.0)])
def test_share_at_the_ends_is_exactly_zero_or_one(negative: float, positive: float) -> None:
    assert positive_share(negative, positive) == (1.0 if positive > negative else 0.0)


def test_share_of_equal_scores_is_a_half() -> None:
    assert positive_share(-3.0, -3.0) == 0.5
    assert positive_share(0.0, 1.0) == pytest.approx(1 / (1 + exp(-1)))
    assert positive_share(-inf, 0.0) == 1.0


def real_texts() -> list[str]:
    with (REAL_DATA / "sentiment" / "weibo_senti_dev.tsv").open(encoding="utf-8") as file:
        texts = [line.rstrip("\n").partition("\t")[2] for line in file]
    with (REAL_DATA / "sentiment" / "weibo2018_train.txt").open(encoding="utf-8") as file:
        texts += [line.rstrip("\n").split(",", 2)[-1] for line in file]
    for name in ("smp2020_virus_train.json", "smp2020_usual_eval.json"):
        texts += [row["content"] for row in json.loads((REAL_DATA / "sentiment" / name).read_bytes())]
    for path in sorted((REAL_DATA / "weibo").glob("search-export-*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            texts += [" ".join(row) for row in csv.reader(file)]
    return [text for text in texts if text.strip()]


STRANGE = "鱻麤龖㐀㒱𠀋𪜎門開關後裡髮😀👍🏽\x07\x85\u3000 \t\n"


def fuzzed(texts: list[str], count: int) -> list[str]:
    """Texts with a fifth of their characters replaced by rare, traditional, control and other odd ones."""
    chance = random.Random(20261125)
    damaged = []
    for place in range(count):
        text = texts[place % len(texts)][:120]
        chosen = (_odd(chance) if chance.random() < 0.2 else one for one in text)
        damaged.append("".join(chosen))
    return [text for text in damaged if text.strip()]


def _odd(chance: random.Random) -> str:
    kinds = (
        lambda: chance.choice(STRANGE),
        lambda: chr(chance.randint(0x4E00, 0x9FA5)),
        lambda: chr(chance.randint(0x20000, 0x2A6DF)),
        lambda: chr(chance.randint(0x1F300, 0x1FAFF)),
        lambda: chr(chance.randint(0, 0xFF)),
    )
    return chance.choice(kinds)()


def different(texts: list[str], scorer: SnowNlpScorer) -> list[str]:
    """The texts on which plain snownlp, the batch and the single path do not agree in every bit."""
    wrong = []
    for text, together in zip(texts, scorer.score_many(texts), strict=True):
        if not together.raw == scorer.score(text).raw == oracle.sentiments(text):
            wrong.append(text)
    return wrong


def test_many_texts_together_score_as_each_alone(scorer: SnowNlpScorer) -> None:
    texts = fuzzed(INVENTED, 600)
    assert scorer.score_many(texts) == [scorer.score(text) for text in texts]


def test_runs_cut_together_are_cut_as_alone(scorer: SnowNlpScorer) -> None:
    texts = ["了" * length for length in range(1, 130)] + ["乙龥" * 90, "龥", "一龥龥龥一龥"] + INVENTED
    assert scorer._words.words_of_many(texts) == [scorer.words(text) for text in texts]


@pytest.mark.real_data
def test_every_hundredth_real_text_scores_as_in_snownlp(scorer: SnowNlpScorer) -> None:
    texts = real_texts()[::100]
    assert len(texts) > 200
    assert different(texts, scorer) == []


@pytest.mark.thorough
@pytest.mark.real_data
def test_twenty_thousand_real_texts_score_as_in_snownlp(scorer: SnowNlpScorer) -> None:
    texts = real_texts()[:20_000]
    assert len(texts) == 20_000
    assert different(texts, scorer) == []


@pytest.mark.thorough
def test_ten_thousand_fuzzed_texts_score_as_in_snownlp(scorer: SnowNlpScorer) -> None:
    assert different(fuzzed(INVENTED, 10_000), scorer) == []


def test_run_of_thousands_without_a_mark_takes_no_square_of_its_length(scorer: SnowNlpScorer) -> None:
    words = scorer.words("我们小区从去年开始漏水" * 3_000)
    assert "".join(words) == "我们小区从去年开始漏水" * 3_000
