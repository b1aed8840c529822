"""The words of muting; `core.vocabulary` hands them on with all others."""

from __future__ import annotations

from enum import StrEnum


class MuteKind(StrEnum):
    """What is muted: everything of one source, or whatever says these words."""

    SOURCE = "source"
    WORDS = "words"


class MuteReason(StrEnum):
    """Why nobody should be called for it any more."""

    NOT_OURS = "not_ours"
    NOISE = "noise"
