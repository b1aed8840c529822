"""Whether a message is a simple question, which is owed a complete answer sooner."""

from __future__ import annotations

from analysis.lexicon import Simple
from analysis.reasons import quoted
from core.vocabulary import MessageKind


def is_simple(text: str, kind: MessageKind, simple: Simple) -> tuple[bool, list[str]]:
    """Whether the text is a simple question, and why or why not.

    Args:
        text: normalized.

    Source:
        嘉市监办〔2021〕102号 二(二) 「简单问题要在1个工作日内完成答复」; what is simple is the office's own
        reading, kept in `rules/lexicon/simple.yml`.
    """
    if kind is not MessageKind.ENQUIRY:
        return False, ["不是咨询，不算简单问题。"]
    for blocker in simple.blockers:
        if words := blocker.found(text):
            return False, [f"{blocker.name}：{quoted(words)}，不算简单问题。"]
    if len(text) > simple.longest:
        return False, [f"全文{len(text)}字，超过{simple.longest}字，不算简单问题。"]
    questions = text.count("?") + text.count("？")
    if questions > simple.most_questions:
        return False, [f"一次问了{questions}个问题，不算简单问题。"]
    found = [(cue, words) for cue in simple.cues if (words := cue.found(text))]
    if not found:
        return False, ["没有问到时间地点、材料流程或可否，不算简单问题。"]
    return True, [f"{cue.name}：{quoted(words)}。" for cue, words in found]
