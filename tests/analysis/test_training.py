"""Models of the office's own: trained, compared on what was kept aside, written, read back."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.sentiment.calibration import LABELS_NEEDED, CalibratedScorer, fit_channel
from analysis.sentiment.fast import SnowNlpScorer, SnowNlpWords, open_words
from analysis.sentiment.linear import LinearScorer, fit_linear
from analysis.sentiment.model_file import ChannelFit, StoredModel, read_model, write_model
from analysis.sentiment.models import open_default, open_model, scorer_of
from analysis.sentiment.training import Method, cross_validated, measured, train
from core.errors import InvalidInput, ModelError

GOOD = ["很耐心", "办得快", "真方便", "谢谢你们", "态度亲切", "修好了", "满意", "点赞"]
BAD = ["没人管", "太吵", "拖了一年", "态度恶劣", "又脏又臭", "乱收费", "骗人", "失望"]
MATTERS = ["路灯", "学校", "医院窗口", "公交", "物业", "水管", "养老金", "河道", "电梯", "食堂"]


def labelled(count: int) -> list[tuple[int, str]]:
    """So many different short texts of both classes, told apart by their words of praise or blame."""
    chance = random.Random(7)
    rows = []
    for number in range(count):
        label = number % 2
        said = chance.sample(GOOD if label else BAD, 2)
        rows.append((label, f"{chance.choice(MATTERS)}{said[0]},{said[1]},第{number}次来信"))
    return rows


@pytest.fixture(scope="session")
def words(models_folder: Path) -> SnowNlpWords:
    return open_words(models_folder)


@pytest.mark.parametrize("method", [Method.BAYES, Method.LINEAR])
def test_trained_model_tells_what_it_was_shown_and_beats_the_stock_model(
    method: Method, words: SnowNlpWords, scorer: SnowNlpScorer, tmp_path: Path
) -> None:
    done = train(labelled(600), words, {"snownlp": scorer}, name="own", method=method)
    assert done.figures[method.value].auc == pytest.approx(1.0, abs=0.01)
    assert done.beats_default
    path = tmp_path / "own.json"
    write_model(path, done.model)
    read_back = scorer_of(read_model(path), words).score_many(["电梯太吵,没人管", "河道修好了,点赞"])
    assert read_back[0].log_odds is not None
    assert read_back[1].log_odds is not None
    assert read_back[0].log_odds < 0 < read_back[1].log_odds
    assert read_back[0].model == "own"


def test_too_few_labels_are_refused_with_what_is_needed(words: SnowNlpWords) -> None:
    with pytest.raises(InvalidInput, match="至少50条"):
        train(labelled(90), words, {}, name="own")


def test_the_same_text_again_and_again_counts_once(words: SnowNlpWords) -> None:
    with pytest.raises(InvalidInput, match="负面1条"):
        train([(0, "差"), (1, "好")] * 500, words, {}, name="own")


def test_probability_comes_only_with_two_hundred_labels(words: SnowNlpWords) -> None:
    few = train(labelled(180), words, {}, name="own", method=Method.BAYES)
    many = train(labelled(400), words, {}, name="own", method=Method.BAYES)
    uncalibrated = scorer_of(few.model, words).score_many(["太吵,没人管"])[0]
    calibrated = scorer_of(many.model, words).score_many(["太吵,没人管"])[0]
    assert (uncalibrated.label, uncalibrated.p_negative) == ("uncalibrated", None)
    assert calibrated.label == "negative"
    assert calibrated.p_negative is not None
    assert calibrated.p_negative > 0.6


def test_only_a_channel_with_two_hundred_labels_of_its_own_is_calibrated(words: SnowNlpWords) -> None:
    rows = labelled(500)
    channels = {text: "weibo" if place < 301 else "leader_mailbox" for place, (_, text) in enumerate(rows)}
    done = train(rows, words, {}, name="own", method=Method.BAYES, channels=channels)
    assert {channel: fit.labels for channel, fit in done.model.channels.items()} == {"weibo": 301}
    given = ["太吵,没人管", "太吵,没人管", "太吵,没人管"]
    answers = scorer_of(done.model, words).score_many(given, ["weibo", "leader_mailbox", ""])
    assert [one.label for one in answers] == ["negative", "uncalibrated", "uncalibrated"]


def test_fit_of_a_channel_finds_the_odds_that_made_the_labels() -> None:
    chance = random.Random(3)
    log_odds = [chance.uniform(-4, 4) for _ in range(6_000)]
    labels = [int(chance.random() > 1 / (1 + 2.718281828 ** (0.8 * x - 0.5))) for x in log_odds]
    fit = fit_channel(log_odds, labels)
    assert fit is not None
    assert fit.intercept == pytest.approx(0.5, abs=0.12)
    assert fit.slope == pytest.approx(-0.8, abs=0.08)


def test_fit_needs_enough_labels_of_both_classes() -> None:
    assert fit_channel([0.0] * (LABELS_NEEDED - 1), [0, 1] * ((LABELS_NEEDED - 1) // 2) + [1]) is None
    assert fit_channel([0.0] * 300, [0] * 300) is None


def test_fit_of_separable_labels_stays_finite() -> None:
    fit = fit_channel([-5.0] * 150 + [5.0] * 150, [0] * 150 + [1] * 150)
    assert fit is not None
    assert -100 < fit.slope < 0


def test_channel_without_a_fit_of_its_own_stays_uncalibrated(scorer: SnowNlpScorer) -> None:
    fitted = CalibratedScorer(scorer, {"weibo": ChannelFit(labels=250, intercept=0.0, slope=-1.0)})
    answers = fitted.score_many(["太差了", "太差了"], ["weibo", "leader_mailbox"])
    assert [one.p_negative is None for one in answers] == [False, True]


def test_cross_validation_scores_every_text_by_a_model_that_never_saw_it(words: SnowNlpWords) -> None:
    chance = random.Random(11)
    rows = [(chance.randint(0, 1), f"独一无二的第{number}条{chr(0x4E00 + number)}") for number in range(400)]
    for figures in cross_validated(rows, words).values():
        assert figures.auc is not None
        assert 0.35 < figures.auc < 0.65


def test_linear_fit_is_the_same_each_time_and_answers_blanks_with_nothing() -> None:
    rows = labelled(200)
    texts, labels = [text for _, text in rows], [label for label, _ in rows]
    weights = fit_linear(texts, labels)
    assert weights == fit_linear(texts, labels)
    assert [one.raw for one in LinearScorer("l", weights).score_many([None, "", " \n", "\U0002a6d6"])][
        :3
    ] == [
        None,
        None,
        None,
    ]


HOSTILE: dict[str, Callable[[dict[str, Any]], object]] = {
    "not a model": lambda model: {"format": model["name"]},
    "other version": lambda model: model | {"version": 2},
    "a list": lambda model: [model],
    "both models": lambda model: model | {"linear": {"bias": 0, "features": {"a": [1, 1]}}},
    "no words": lambda model: model | {"bayes": {"negative": {}, "positive": {"好": 1}}},
    "negative count": lambda model: model | {"bayes": {"negative": {"差": -5}, "positive": {"好": 1}}},
    "count too large": lambda model: model | {"bayes": {"negative": {"差": 10**30}, "positive": {"好": 1}}},
    "unknown key": lambda model: model | {"run": "rm -rf /"},
    "no number": lambda model: model | {"channels": {"*": {"labels": 1, "intercept": "nan", "slope": 1}}},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_model_file_is_refused_in_one_sentence(name: str, tmp_path: Path) -> None:
    good = {
        "format": "huiying-sentiment",
        "version": 1,
        "name": "own",
        "trained_on": 2,
        "bayes": {"negative": {"差": 1}, "positive": {"好": 1}},
    }
    path = tmp_path / "model.json"
    path.write_text(json.dumps(good), encoding="utf-8")
    assert read_model(path).name == "own"
    path.write_text(json.dumps(HOSTILE[name](good)), encoding="utf-8")
    with pytest.raises(ModelError, match=r"model\.json"):
        read_model(path)


@pytest.mark.parametrize(
    "content", [b"", b"\x80\x04pickle", b'{"format": "huiying-sent', b"[" * 100_000, b"\xff\xfe", b"NaN"]
)
def test_cut_or_foreign_file_is_refused_in_one_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.json"):
        read_model(path)


def test_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    model = StoredModel.model_validate(
        {"name": "own", "trained_on": 2, "bayes": {"negative": {"差": 1}, "positive": {"好": 1}}}
    )
    with pytest.raises(ModelError, match="不能写入"):
        write_model(tmp_path / "file" / "model.json", model)


def test_office_model_is_the_default_where_there_is_one(
    words: SnowNlpWords, models_folder: Path, tmp_path: Path
) -> None:
    for tables in models_folder.glob("*.tables"):
        (tmp_path / tables.name).hardlink_to(tables)
    assert open_default(tmp_path).model == "huiying-1"
    write_model(tmp_path / "sentiment.json", train(labelled(200), words, {}, name="own").model)
    assert open_default(tmp_path).model == "own"


def test_shipped_model_has_no_feeling_about_topics(models_folder: Path) -> None:
    model = open_model("huiying", models_folder)
    for matter in ("学校", "医院", "老师", "物业", "孩子上学", "养老金"):
        blamed, praised = model.score_many([f"{matter}没有人管,太让人失望", f"{matter}很好,谢谢你们"])
        assert blamed.raw is not None
        assert praised.raw is not None
        assert blamed.raw < 0.5 < praised.raw, matter


@pytest.mark.real_data
def test_shipped_model_ranks_real_posts_as_well_as_written_down(models_folder: Path) -> None:
    from analysis.labelled import read_labelled
    from tests.conftest import REAL_DATA

    model = open_model("huiying", models_folder)
    for name, floor in (("weibo2018_train.txt", 0.79), ("smp2020_virus_train.json", 0.90)):
        rows = read_labelled(name, (REAL_DATA / "sentiment" / name).read_bytes())[::5]
        auc = measured(model, rows).auc
        assert auc is not None
        assert auc > floor, name
