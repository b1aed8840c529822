"""Which section of the office a message is suggested to."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.lexicon import Topic


def section_for(text: str, topic: Topic | None, sections: Sequence[str]) -> tuple[str, list[str]]:
    """The suggested section, and why; the empty string where nothing speaks for one.

    A section named in the text comes first (the longest name, if several); then the section whose own name
    contains the topic's section words, the first word that fits one. Two sections that fit one word equally
    are no suggestion: a guess would only have to be sent back.

    Args:
        text: normalized.
        sections: names of the office's sections.
    """
    named = sorted((name for name in sections if name and name in text), key=len, reverse=True)
    if named:
        return named[0], [f"文中点名“{named[0]}”。"]
    if topic is None:
        return "", ["领域不明,没有建议科室。"]
    for word in topic.sections:
        fitting = [name for name in sections if word in name]
        if len(fitting) == 1:
            return fitting[0], [f"领域“{topic.name}”由名称含“{word}”的科室承办。"]
        if fitting:
            return "", [f"领域“{topic.name}”有{len(fitting)}个科室可承办,请人工选定。"]
    return "", [f"没有名称与领域“{topic.name}”相符的科室。"]
