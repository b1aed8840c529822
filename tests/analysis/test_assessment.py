from __future__ import annotations

from collections.abc import Sequence

import pytest

from analysis.assessment import Analyser, AnalysisInput
from analysis.kinds import kind_of
from analysis.lexicon import load_lexicon
from analysis.normalize import normalize
from analysis.risk import risk_of
from analysis.routing import Habits, Handled, load_routing_rules, section_for
from analysis.sentiment.fast import SnowNlpScorer
from analysis.sentiment.scorer import Sentiment
from analysis.simple import is_simple
from analysis.topics import topic_of
from core.rule_files import rules_folder
from core.vocabulary import MessageKind, RiskLevel

LEXICON = load_lexicon(rules_folder() / "lexicon")
SECTIONS = ["食品监管科", "消费维权科", "注册许可科", "办公室"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("请问办健康证需要带什么材料？", MessageKind.ENQUIRY),
        ("恳请帮助解决独居老人用水问题，望尽快处理。", MessageKind.REQUEST),
        ("投诉某健身房拒不退费，多次沟通互相推诿。", MessageKind.COMPLAINT),
        ("现举报城南某作坊使用过期原料，无证经营。", MessageKind.TIP_OFF),
        ("建议在学校门口增设斑马线。", MessageKind.SUGGESTION),
        ("特写此信感谢窗口小陈，冒雨帮我补办证件。", MessageKind.THANKS),
        ("今天天气晴。", MessageKind.OTHER),
        ("如果能修好路灯，非常感谢！请尽快派人。", MessageKind.REQUEST),
        ("請問營業執照怎麼辦理？", MessageKind.ENQUIRY),
    ],
)
def test_kind_follows_what_the_citizen_wants(text: str, kind: MessageKind) -> None:
    found, reasons = kind_of(normalize(text), LEXICON.kinds)
    assert found is kind
    assert reasons
    assert all(reason.endswith("。") for reason in reasons)


@pytest.mark.parametrize(
    ("text", "simple"),
    [
        ("请问婚姻登记处周末上班吗？", True),
        ("请问个体户注销需要什么材料，网上可以办理吗？", True),
        ("请问我的房产证至今没办下来，什么时候能办？", False),
        ("请问凭什么不给我办？需要什么材料？", False),
        ("请问" + "我家住在城东路口旁边那个院子里，" * 12 + "几点上班？", False),
        ("请问几点上班？在哪？要带什么？多少钱？", False),
        ("请问贵局对行业发展的看法", False),
    ],
)
def test_simple_question_is_one_a_rule_book_answers(text: str, simple: bool) -> None:
    assert is_simple(text, MessageKind.ENQUIRY, LEXICON.simple)[0] is simple


def test_only_an_enquiry_can_be_a_simple_question() -> None:
    text = "请问几点上班"
    for kind in MessageKind:
        assert is_simple(text, kind, LEXICON.simple)[0] is (kind is MessageKind.ENQUIRY)


def test_topic_has_the_most_words_and_the_title_counts_twice() -> None:
    assert topic_of("超市退款", "孩子的学费和超市", LEXICON.topics).topic.name == "公正监管"  # type: ignore[union-attr] # a miss fails the test
    assert topic_of("", "孩子小学入学要看学区，另外路灯不亮", LEXICON.topics).topic.name == "招生入学"  # type: ignore[union-attr] # a miss fails the test
    nothing = topic_of("你好", "今天晴", LEXICON.topics)
    assert nothing.topic is None
    assert nothing.keywords == ()


def _handled(text: str) -> Handled | None:
    topic = topic_of("", text, LEXICON.topics).topic
    return Handled(topic.name, topic.sections) if topic else None


def _routed(text: str) -> str:
    return section_for(text, _handled(text), "", SECTIONS)[0]


def test_section_named_in_the_text_comes_before_the_topics_section() -> None:
    assert _routed("请消费维权科处理超市卖过期食品一事") == "消费维权科"
    assert _routed("公司注册和变更登记跑了几趟") == "注册许可科"


def test_no_section_is_suggested_where_two_fit_or_none_does() -> None:
    topic = _handled("超市卖过期食品")
    two, reasons = section_for("超市", topic, "", ["市场监管一科", "市场监管二科"])
    assert (two, reasons) == ("", ["领域“公正监管”有2个科室可承办，请人工选定。"])
    assert section_for("超市", topic, "", ["老干部科"])[0] == ""
    assert section_for("", None, "", SECTIONS)[0] == ""


def test_of_several_sections_the_one_called_after_the_place_is_suggested() -> None:
    offices = ["南翔市场监管所", "安亭市场监管所", "办公室"]
    place = "上海市嘉定区南翔镇"
    found, reasons = section_for("超市", _handled("超市卖过期食品"), place, offices)
    assert (found, reasons) == (
        "南翔市场监管所",
        ["领域“公正监管”、地点“上海市嘉定区南翔镇”由南翔市场监管所承办。"],
    )
    assert section_for("超市", _handled("超市卖过期食品"), "上海市嘉定区", offices)[0] == ""
    assert section_for("", None, place, offices)[0] == "南翔市场监管所"


def test_what_the_office_itself_handed_out_comes_before_the_lexicon() -> None:
    rules = load_routing_rules(rules_folder() / "routing.yml")
    topic, here = _handled("超市卖过期食品"), "上海市嘉定区南翔镇"
    past = [("公正监管", "", "消费维权科")] * 6 + [("公正监管", here, "办公室")] * 4
    habits = Habits(past, rules)
    found, reasons = section_for("超市", topic, "", [*SECTIONS, "办公室"], habits)
    assert found == "消费维权科"
    assert reasons == ["本单位最近10件领域“公正监管”的来文，6件由消费维权科承办。"]
    # Four are no habit yet; the fifth at this place is.
    assert section_for("超市", topic, here, [*SECTIONS, "办公室"], habits)[0] == "消费维权科"
    settled = Habits([*past, ("公正监管", here, "办公室")], rules)
    assert section_for("超市", topic, here, [*SECTIONS, "办公室"], settled)[0] == "办公室"
    # A section that is no more is not suggested.
    assert section_for("超市", topic, "", ["食品监管科"], habits)[0] == "食品监管科"


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("楼下燃气泄漏味道很大，老人头晕", RiskLevel.HIGH),
        ("两百多名业主准备拉横幅，多次反映没人管，已有老人被打伤", RiskLevel.HIGH),
        ("小区停水三天了", RiskLevel.RAISED),
        ("拖欠农民工工资半年，家里孩子生病没钱治病", RiskLevel.RAISED),
        ("服务态度太差，非常失望，恶心透顶，垃圾！", RiskLevel.LOW),
        ("请问死亡证明怎么开", RiskLevel.LOW),
        ("事故没有人员伤亡", RiskLevel.LOW),
    ],
)
def test_risk_follows_what_happened(text: str, level: RiskLevel) -> None:
    assert risk_of(text, LEXICON.risks).level is level


def test_more_groups_are_more_risk_and_repeated_words_are_not() -> None:
    once = risk_of("停水三天", LEXICON.risks).score
    assert risk_of("停水三天，停水三天，停水五天", LEXICON.risks).score == once
    assert risk_of("停水三天，多次反映", LEXICON.risks).score > once
    everything = "燃气泄漏 停水三天 上访 孤寡 救命 多次反映 隐患"
    assert risk_of(everything, LEXICON.risks).score == 1.0


class FixedScorer:
    """A model that gives every text one score."""

    model = "fixed"

    def __init__(self, raw: float, log_odds: float) -> None:
        self.answer = Sentiment(raw, log_odds, 0.0, 1 - raw, "negative", (("差", -9.0),), self.model)

    def score_many(
        self,
        texts: Sequence[str | None],
        channels: Sequence[str] | None = None,  # noqa: ARG002 - the protocol's
    ) -> list[Sentiment]:
        return [self.answer for _ in texts]


def test_a_sentiment_score_alone_never_raises_risk() -> None:
    texts = [AnalysisInput("差", "太差了，垃圾，恶心，失望透顶。"), AnalysisInput("停水", "停水三天")]
    worst = Analyser(FixedScorer(0.0, -10_000.0), LEXICON).assess(texts)
    best = Analyser(FixedScorer(1.0, 10_000.0), LEXICON).assess(texts)
    assert [one.risk for one in worst] == [one.risk for one in best]
    assert worst[0].risk.level is RiskLevel.LOW
    assert worst[0].risk.score == 0


def test_assessment_carries_every_answer_with_its_reasons(scorer: SnowNlpScorer) -> None:
    given = AnalysisInput("超市卖过期食品", "请问投诉电话是多少？我在超市买到过期牛奶，孩子上吐下泻住院。")
    (answer,) = Analyser(scorer, LEXICON).assess([given], SECTIONS)
    assert answer.topic == "公正监管"
    assert answer.section == "食品监管科"
    assert "超市" in answer.keywords
    assert answer.sentiment.raw == scorer.score(f"{given.title}\n{given.body}").raw
    assert set(answer.reasons) == {"kind", "is_simple", "topic", "place", "section", "risk", "sentiment"}
    assert answer.reasons["sentiment"][-1] == "该分未经校准，仅供参考。"


def test_title_that_begins_the_body_is_scored_once(scorer: SnowNlpScorer) -> None:
    (answer,) = Analyser(scorer, LEXICON).assess([AnalysisInput("电梯太差", "电梯太差，修了又坏")])
    assert answer.sentiment.raw == scorer.score("电梯太差，修了又坏").raw


def test_empty_message_is_assessed_without_a_score(scorer: SnowNlpScorer) -> None:
    (answer,) = Analyser(scorer, LEXICON).assess([AnalysisInput("", " ")])
    assert answer.sentiment.raw is None
    assert (answer.kind, answer.topic, answer.risk.score) == (MessageKind.OTHER, "", 0)
