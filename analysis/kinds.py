"""What a citizen wants with a message."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.lexicon import Kind
from analysis.reasons import quoted
from core.labels import label
from core.vocabulary import MessageKind


def kind_of(text: str, kinds: Sequence[Kind]) -> tuple[MessageKind, list[str]]:
    """The kind with the heaviest cues, the first of the list among equals, and why.

    Args:
        text: normalized.

    Returns:
        `OTHER` where no cue is found.
    """
    best, best_weight, reasons = MessageKind.OTHER, 0.0, ["没有出现任何类别的提示语。"]
    for kind in kinds:
        found = [(cue, words) for cue in kind.cues if (words := cue.found(text))]
        weight = sum(cue.weight for cue, _ in found)
        if weight > best_weight:
            best, best_weight = kind.kind, weight
            reasons = [f"{label(kind.kind)}提示语“{cue.name}”：{quoted(words)}。" for cue, words in found]
    return best, reasons
