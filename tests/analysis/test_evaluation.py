from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.evaluation import evaluate
from analysis.labelled import Form, read_labelled
from analysis.sentiment.fast import SnowNlpScorer
from core.errors import FileRefused

REAL_DATA = Path(__file__).parents[2].parent / "shared" / "data"


SMP = (
    '[{"content":"很好","label":"happy"},{"content":"嗯","label":"neutral"},'
    '{"content":"啊","label":"surprise"},{"content":"很差,真的","label":"fear"}]'
)


def test_figures_of_a_small_table_are_those_of_hand_counting() -> None:
    figures = evaluate([0, 0, 0, 1, 1], [0.1, 0.4, 0.8, 0.9, 0.3], [-2, -0.4, 1.4, 2.2, -0.8])
    # Called negative: 0.1 and 0.4 (right), 0.3 (wrong); called positive: 0.8 (wrong), 0.9 (right).
    assert figures.accuracy == pytest.approx(3 / 5)
    assert figures.negative_precision == pytest.approx(2 / 3)
    assert figures.negative_recall == pytest.approx(2 / 3)
    assert figures.macro_f1 == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert figures.auc == pytest.approx(4 / 6)
    assert figures.brier == pytest.approx((0.01 + 0.16 + 0.64 + 0.01 + 0.49) / 5)


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(-3, 3)), min_size=1, max_size=40))
def test_auc_is_the_share_of_pairs_in_the_right_order(rows: list[tuple[int, int]]) -> None:
    found = evaluate([r[0] for r in rows], [0.5] * len(rows), [float(r[1]) for r in rows]).auc
    pairs = list(product([s for y, s in rows if y], [s for y, s in rows if not y]))
    if not pairs:
        assert found is None
    else:
        assert found == pytest.approx(sum((p > n) + (p == n) / 2 for p, n in pairs) / len(pairs))


def test_figure_that_needs_both_classes_is_none_with_one() -> None:
    figures = evaluate([1, 1], [0.9, 0.8], [2, 1])
    assert (figures.auc, figures.macro_f1, figures.negative_recall, figures.negative_precision) == (None,) * 4
    assert figures.accuracy == 1.0


@pytest.mark.parametrize(
    ("content", "form"),
    [
        ("label\ttext\n1\t很好\n0\t很差,真的\n\n", Form.TSV),
        ("1\t很好\r\n0\t很差,真的\r\n", Form.TSV),
        ("77,1,很好\n78,0,很差,真的\n79,1, \n", Form.WEIBO2018),
        (
            SMP,
            Form.SMP,
        ),
    ],
)
@pytest.mark.parametrize("guess", [True, False])
def test_each_form_gives_the_same_rows(content: str, form: Form, guess: bool) -> None:
    given = Form.AUTO if guess else form
    assert read_labelled("x", content.encode(), given) == [(1, "很好"), (0, "很差,真的")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "没有带标注的文字"),
        (b"label\ttext\n", "没有带标注的文字"),
        ("2\t中性\n".encode(), "不是0或1"),
        ("一句话没有标注\n".encode(), "不足三列"),
        ("1\t很好\n".encode("gb18030"), "不是 UTF-8"),
        (b"[{]", "不合 smp"),
        (b'[{"label":"happy"}]', "不合 smp"),
    ],
)
def test_file_of_another_form_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(FileRefused, match=reason):
        read_labelled("x.tsv", content)


@pytest.mark.real_data
def test_shipped_model_is_no_better_on_weibo_than_recorded(scorer: SnowNlpScorer) -> None:
    path = REAL_DATA / "sentiment" / "weibo2018_train.txt"
    rows = read_labelled(path.name, path.read_bytes())[:4000]
    answers = scorer.score_many([text for _, text in rows])
    odds = [answer.log_odds if answer.log_odds is not None else 0.0 for answer in answers]
    raw = [answer.raw if answer.raw is not None else 0.5 for answer in answers]
    auc = evaluate([label for label, _ in rows], raw, odds).auc
    assert auc == pytest.approx(0.63, abs=0.03)
