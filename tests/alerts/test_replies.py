"""Replies that answer, and replies that only say "received"; every text is invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.replies import classify_reply, load_holding_patterns
from core.errors import RuleError
from core.rule_files import rules_folder
from core.vocabulary import ReplyKind

FILE = rules_folder() / "lexicon" / "holding_replies.yml"
PATTERNS = load_holding_patterns(FILE)

HOLDING = [
    "已收悉",
    "留言已收悉",
    "网友:您好!留言已收悉。",
    "您的来信已收到,谢谢!",
    "您好,您的诉求已登记。",
    "留言已阅,感谢您的支持。",
    "已转交相关部门处理。",
    "将尽快回复。",
    "尊敬的网友:您好!您的留言已收悉,我们将尽快答复您。",
    "您反映的问题已转柳河街道办事处调查处理。",
    "您反映的停车问题已转至示范区城管局核实、办理。2031年3月4日",
    "“小河弯弯”网友:您好!您反映的噪音问题已转交示范区城管大队核实、办复。感谢您的留言!",
    "UU00123:您好!您的帖文已收悉。我办已将您反映的情况转交相关科室核实处理。",
    "关于您反映的问题,已转示范区人民政府调查处理。",
    "您的建议已收悉,感谢您对示范市发展的关心和支持。示范市信访局2031年5月6日",
    "您反映的问题正在交办中,请耐心等待。",
    "正在调查核实,待核实后再答复您。",
    "您的意见已收悉,我们将认真研究。",
    "您好!您的来帖我局收悉后,立即交办相关科室调查处理,处理情况会及时向您反馈。",
    "已将有关问题交相关部门调查处理,谢谢!",
    "你的建议很好。我们已将你的建议转给有关部门研究。",
    "您好!  您所反映的问题已收悉,\n\n我办已转柳河镇核处。",
    "您的留言已经收到!处理情况会向您反馈,祝您生活愉快!",
    "已转办至示范县邮政局 示范县网宣办 2031.2.22",
]
SUBSTANTIVE = [
    "同意您的建议,已安排施工单位本周进场。",
    "您的建议已采纳,已安排在柳河路增设两处座椅。",
    "留言已收悉。经查,该店无照经营属实,我局已责令其停业。",
    "留言收悉,现回复如下:柳河路将于6月底前完成修复。",
    "已收悉。办理居住证请携带身份证到柳河派出所窗口。",
    "您反映的问题已移交示范区法院强制执行。",
    "该职能已整体划转至人社部门,请向其咨询。",
    "按照现行规定,没有此类补贴。",
    "可以。",
    "不属于我局职权范围,请向住建部门反映。",
    "请到户籍所在地的社区办理。",
    "经核实,路灯已于昨日修复,感谢您的监督。",
    "您好!您的问题已经解决,退款已原路返回。",
    "感谢您的建议,我市将新增三条公交线路。",
    "已收悉,该路段下月开工。",
    "您好,请拨打0000-12345咨询。",
    "您反映的噪音问题,我局执法人员已到场检查,对施工单位罚款两千元。",
    "您的留言已收悉," + "经我局实地查看,该处护栏确有松动,已于当日加固。" * 8,
]
FRAGMENTS = ["2031年6月12日", "“小河弯弯”", "示范县供电公司", "网友:您好!", "感谢您的关心与支持。", "。"]
DOUBTFUL = [
    "您所反映的事情已收悉,现回复如下:",
    "留言已收悉。请来电详谈。",
    "您的问题已转交街道,可直接与其联系。",
]


@pytest.mark.parametrize("text", HOLDING)
def test_a_reply_that_only_acknowledges_passes_on_or_promises_is_holding(text: str) -> None:
    verdict = classify_reply(text, PATTERNS)
    assert (verdict.kind, verdict.doubtful) == (ReplyKind.HOLDING, False)
    assert verdict.pattern is not None


@pytest.mark.parametrize("text", SUBSTANTIVE)
def test_a_reply_that_says_something_is_substantive(text: str) -> None:
    assert classify_reply(text, PATTERNS).kind is ReplyKind.SUBSTANTIVE


@pytest.mark.parametrize("text", FRAGMENTS)
def test_a_fragment_without_content_is_substantive_but_doubtful(text: str) -> None:
    verdict = classify_reply(text, PATTERNS)
    assert (verdict.kind, verdict.doubtful) == (ReplyKind.SUBSTANTIVE, True)
    assert verdict.pattern is None


@pytest.mark.parametrize("text", DOUBTFUL)
def test_an_acknowledgement_with_hardly_anything_beside_it_is_doubtful(text: str) -> None:
    verdict = classify_reply(text, PATTERNS)
    assert (verdict.kind, verdict.doubtful) == (ReplyKind.SUBSTANTIVE, True)


def test_a_long_answer_that_begins_with_received_is_not_doubtful() -> None:
    verdict = classify_reply(SUBSTANTIVE[-1], PATTERNS)
    assert (verdict.kind, verdict.doubtful) == (ReplyKind.SUBSTANTIVE, False)


def test_blanks_and_widths_of_punctuation_do_not_change_the_verdict() -> None:
    for text in HOLDING:
        wide = text.replace(",", "\uff0c").replace("!", "\uff01").replace(":", "\uff1a")
        assert classify_reply(f"\n\t{wide}\u3000", PATTERNS).kind is ReplyKind.HOLDING


@pytest.mark.real_data
def test_few_of_the_real_replies_are_holding() -> None:
    path = Path(__file__).parents[2].parent / "shared" / "data" / "mailbox" / "replies-2011-2018.xlsx"
    if not path.is_file():
        pytest.skip("../shared/data is absent")
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    column = rows[0].index("答复意见")
    verdicts = [classify_reply(str(row[column]), PATTERNS) for row in rows[1:]]
    holding = sum(verdict.kind is ReplyKind.HOLDING for verdict in verdicts)
    assert 100 <= holding <= len(verdicts) * 0.08
    assert sum(verdict.doubtful for verdict in verdicts) <= len(verdicts) * 0.02


GOOD = """
longest: 100
doubtful_rest: 10
erase: []
patterns:
  - name: 收悉
    says: receipt
    pattern: '已收悉'
    matches: [已收悉]
    must_not_match: [已办结]
"""


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        pytest.param("matches: [已收悉]", "matches: [收到]", "套不上自己的例子", id="misses its example"),
        pytest.param("must_not_match: [已办结]", "must_not_match: [已收悉]", "不该套上", id="too wide"),
        pytest.param("'已收悉'", "'(已收悉'", "值不对", id="no expression"),
        pytest.param("erase: []", "erase: ['(']", "不是合法的正则", id="erases by no expression"),
        pytest.param("    must_not_match: [已办结]\n", "", "缺少", id="no counter-example"),
        pytest.param("says: receipt", "says: answer", "允许的范围", id="unknown word"),
    ],
)
def test_patterns_that_contradict_their_examples_are_refused(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    path = tmp_path / "holding_replies.yml"
    path.write_text(GOOD, encoding="utf-8")
    assert classify_reply("已收悉。", load_holding_patterns(path)).kind is ReplyKind.HOLDING
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(RuleError, match=reason):
        load_holding_patterns(path)


def test_two_patterns_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "holding_replies.yml"
    path.write_text(GOOD + GOOD.split("patterns:\n")[1], encoding="utf-8")
    with pytest.raises(RuleError, match="名称重复"):
        load_holding_patterns(path)
