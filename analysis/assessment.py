"""Everything the analysis says of one message, put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from analysis.kinds import kind_of
from analysis.lexicon import Lexicon
from analysis.normalize import normalize
from analysis.places import Gazetteer, PlaceFound
from analysis.risk import Risk, risk_of
from analysis.routing import Habits, Handled, RoutingRules, load_routing_rules, section_for
from analysis.sentiment.scorer import Sentiment, SentimentScorer
from analysis.simple import is_simple
from analysis.topic_model import TopicJudge
from analysis.topics import TopicFound, topic_of
from core.rule_files import rules_folder
from core.vocabulary import MessageKind

# So much of a letter's beginning tells where.
_PLACED_BY = 200
_SHOWN_PLACES = 4


def _shipped_routing() -> RoutingRules:
    return load_routing_rules(rules_folder() / "routing.yml")


@dataclass(frozen=True, slots=True)
class AnalysisInput:
    """The words of one message, as stored, its channel, and where it says itself that it belongs."""

    title: str
    body: str
    channel: str = ""
    area: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """The machine's word about one message; a person's correction stands before it.

    Attributes:
        sentiment: of title and body as they were written.
        kind: what the citizen wants.
        is_simple: whether it is a simple question.
        topic: name of the field; empty where no word of any field was found.
        place: where it happened; empty for unknown, with candidates where a name does not tell.
        keywords: words of the lexicon's fields in the message; may be empty.
        section: name of the suggested section; empty for none.
        risk: level, score and reasons.
        reasons: `kind`, `is_simple`, `topic`, `place`, `section`, `risk`, `sentiment` → Chinese sentences.
    """

    sentiment: Sentiment
    kind: MessageKind
    is_simple: bool
    topic: str
    place: PlaceFound
    keywords: tuple[str, ...]
    section: str
    risk: Risk
    reasons: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Analyser:
    """A model and a lexicon, ready for use; assessing changes nothing."""

    scorer: SentimentScorer
    lexicon: Lexicon
    # The office's own classes: a scheme it chose, or a model it trained; before the lexicon's fields.
    topics: TopicJudge | None = None
    # Without one no place is looked for. `home` is the code of the office's own region.
    gazetteer: Gazetteer | None = None
    home: str = ""
    routing: RoutingRules = field(default_factory=_shipped_routing)

    def assess(
        self, texts: Sequence[AnalysisInput], sections: Sequence[str] = (), habits: Habits | None = None
    ) -> list[Assessment]:
        """One assessment per message, in order.

        Args:
            sections: names of the office's sections, for the suggestion; none gives no suggestion.
            habits: what the office itself gave to which section.
        """
        written = [_as_written(text) for text in texts]
        scores = self.scorer.score_many(written, [text.channel for text in texts])
        return [
            self._assess(text, score, sections, habits) for text, score in zip(texts, scores, strict=True)
        ]

    def _assess(
        self, given: AnalysisInput, sentiment: Sentiment, sections: Sequence[str], habits: Habits | None
    ) -> Assessment:
        title, body = normalize(given.title), normalize(given.body)
        text = f"{title}\n{body}"
        kind, kind_reasons = kind_of(text, self.lexicon.kinds)
        simple, simple_reasons = is_simple(text.strip(), kind, self.lexicon.simple)
        found = topic_of(title, body, self.lexicon.topics)
        name, topic_reasons = self._topic(title, body, found)
        place = self._place(given.area, title, body)
        section, section_reasons = section_for(text, self._handled(name), place.name, sections, habits)
        risk = risk_of(text, self.lexicon.risks)
        return Assessment(
            sentiment=sentiment,
            kind=kind,
            is_simple=simple,
            topic=name,
            place=place,
            keywords=found.keywords,
            section=section,
            risk=risk,
            reasons={
                "kind": kind_reasons,
                "is_simple": simple_reasons,
                "topic": topic_reasons,
                "place": _place_reasons(place),
                "section": section_reasons,
                "risk": risk.reasons,
                "sentiment": _sentiment_reasons(sentiment),
            },
        )

    def _place(self, area: str, title: str, body: str) -> PlaceFound:
        if self.gazetteer is None:
            return PlaceFound()
        return self.gazetteer.find(f"{normalize(area)} {title} {body[:_PLACED_BY]}", self.home)

    def _handled(self, topic: str) -> Handled | None:
        """The topic with the words of the sections that handle it; None for no topic."""
        if not topic:
            return None
        words = next((one.sections for one in self.lexicon.topics if one.name == topic), ())
        own = self.topics.sections.get(topic, ()) if self.topics is not None else ()
        return Handled(topic, own or words)

    def _topic(self, title: str, body: str, found: TopicFound) -> tuple[str, list[str]]:
        """The office's class where its model is sure; else the lexicon's field, and both reasons."""
        by_words = found.topic.name if found.topic else ""
        if self.topics is None:
            return by_words, found.reasons
        own = self.topics.classify(title, body)
        if own.name:
            hot = found.reasons if found.topic is not None and found.topic.hot else []
            return own.name, [*own.reasons, *hot]
        # A scheme of its own has its own names: what it is unsure of is no field of another one.
        return ("" if self.topics.is_scheme else by_words), [*own.reasons, *found.reasons]


def _as_written(text: AnalysisInput) -> str:
    """Title and body; a title that only repeats the beginning of the body is not counted twice."""
    title = text.title.strip()
    return text.body if text.body.strip().startswith(title) else f"{title}\n{text.body}"


def _sentiment_reasons(sentiment: Sentiment) -> list[str]:
    if sentiment.raw is None:
        return ["没有可评分的文字。"]
    words = "、".join(f"“{word}”({weight:+.1f})" for word, weight in sentiment.words)
    told = f"影响最大的词：{words}。" if words else "没有模型认识的词。"
    if sentiment.p_negative is None:
        return [told, "该分未经校准，仅供参考。"]
    return [told, f"按本单位该渠道的标注校准：负面的可能性为{sentiment.p_negative:.0%}。"]


def _place_reasons(place: PlaceFound) -> list[str]:
    if place.is_ambiguous:
        shown = "、".join(place.candidates[:_SHOWN_PLACES])
        return [f"地点不明确：有{len(place.candidates)}处同名({shown}等),文中没有说明是哪一处。"]
    return [f"文中提到“{place.divisions[-1].name}{place.village}”。"] if place.divisions else []
