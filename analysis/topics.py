"""Which field a message is about, by the words of the lexicon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.lexicon import Topic
from analysis.reasons import quoted


@dataclass(frozen=True, slots=True)
class TopicFound:
    """The field of a message.

    Attributes:
        topic: the entry, or None where no word of any field stands in the text.
        keywords: the words of all fields that were found, those of `topic` first; may be empty.
        reasons: Chinese sentences.
    """

    topic: Topic | None
    keywords: tuple[str, ...]
    reasons: list[str]


def topic_of(title: str, body: str, topics: Sequence[Topic]) -> TopicFound:
    """The field with the most different words; one in the title counts twice; the first among equals.

    Args:
        title, body: normalized.
    """
    ranked = []
    for place, topic in enumerate(topics):
        in_title, in_body = topic.found(title), topic.found(body)
        words = list(dict.fromkeys(in_title + in_body))
        if words:
            ranked.append((-(len(words) + len(in_title)), place, topic, words))
    if not ranked:
        return TopicFound(None, (), ["没有出现任何领域的词语。"])
    ranked.sort(key=lambda one: one[:2])
    _, _, best, words = ranked[0]
    field = f"热点领域“{best.name}”" if best.hot else f"领域“{best.name}”"
    keywords = dict.fromkeys(word for _, _, _, found in ranked for word in found)
    return TopicFound(best, tuple(keywords), [f"{field}：出现{quoted(words)}。"])
