"""Everything the analysis says of one message, put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.kinds import kind_of
from analysis.lexicon import Lexicon
from analysis.normalize import normalize
from analysis.risk import Risk, risk_of
from analysis.routing import section_for
from analysis.sentiment.scorer import Sentiment, SentimentScorer
from analysis.simple import is_simple
from analysis.topic_model import TopicJudge
from analysis.topics import TopicFound, topic_of
from core.vocabulary import MessageKind


@dataclass(frozen=True, slots=True)
class AnalysisInput:
    """The words of one message, as stored."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """The machine's word about one message; a person's correction stands before it.

    Attributes:
        sentiment: of title and body as they were written.
        kind: what the citizen wants.
        is_simple: whether it is a simple question.
        topic: name of the field; empty where no word of any field was found.
        keywords: words of the lexicon's fields in the message; may be empty.
        section: name of the suggested section; empty for none.
        risk: level, score and reasons.
        reasons: field (`kind`, `is_simple`, `topic`, `section`, `risk`, `sentiment`) → Chinese sentences.
    """

    sentiment: Sentiment
    kind: MessageKind
    is_simple: bool
    topic: str
    keywords: tuple[str, ...]
    section: str
    risk: Risk
    reasons: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Analyser:
    """A model and a lexicon, ready for use; assessing changes nothing."""

    scorer: SentimentScorer
    lexicon: Lexicon
    # The office's own classes, where it trained a model of them; it stands before the lexicon's fields.
    topics: TopicJudge | None = None

    def assess(self, texts: Sequence[AnalysisInput], sections: Sequence[str] = ()) -> list[Assessment]:
        """One assessment per message, in order.

        Args:
            sections: names of the office's sections, for the suggestion; none gives no suggestion.
        """
        scores = self.scorer.score_many([_as_written(text) for text in texts])
        return [self._assess(text, score, sections) for text, score in zip(texts, scores, strict=True)]

    def _assess(self, given: AnalysisInput, sentiment: Sentiment, sections: Sequence[str]) -> Assessment:
        title, body = normalize(given.title), normalize(given.body)
        text = f"{title}\n{body}"
        kind, kind_reasons = kind_of(text, self.lexicon.kinds)
        simple, simple_reasons = is_simple(text.strip(), kind, self.lexicon.simple)
        found = topic_of(title, body, self.lexicon.topics)
        name, topic_reasons = self._topic(title, body, found)
        field = next((one for one in self.lexicon.topics if one.name == name), found.topic)
        section, section_reasons = section_for(text, field, sections)
        risk = risk_of(text, self.lexicon.risks)
        return Assessment(
            sentiment=sentiment,
            kind=kind,
            is_simple=simple,
            topic=name,
            keywords=found.keywords,
            section=section,
            risk=risk,
            reasons={
                "kind": kind_reasons,
                "is_simple": simple_reasons,
                "topic": topic_reasons,
                "section": section_reasons,
                "risk": risk.reasons,
                "sentiment": _sentiment_reasons(sentiment),
            },
        )

    def _topic(self, title: str, body: str, found: TopicFound) -> tuple[str, list[str]]:
        """The office's class where its model is sure; else the lexicon's field, and both reasons."""
        by_words = found.topic.name if found.topic else ""
        if self.topics is None:
            return by_words, found.reasons
        own = self.topics.classify(title, body)
        return (own.name, own.reasons) if own.name else (by_words, [*own.reasons, *found.reasons])


def _as_written(text: AnalysisInput) -> str:
    """Title and body; a title that only repeats the beginning of the body is not counted twice."""
    title = text.title.strip()
    return text.body if text.body.strip().startswith(title) else f"{title}\n{text.body}"


def _sentiment_reasons(sentiment: Sentiment) -> list[str]:
    if sentiment.raw is None:
        return ["没有可评分的文字。"]
    words = "、".join(f"“{word}”({weight:+.1f})" for word, weight in sentiment.words)
    return [f"影响最大的词:{words}。" if words else "没有模型认识的词。", "该分未经校准,仅供参考。"]
