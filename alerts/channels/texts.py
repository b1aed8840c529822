"""Cutting a text to the bytes a channel takes."""

from __future__ import annotations

import unicodedata

_END = "…"
_JOINER = "\u200d"


def cut(text: str, limit: int) -> str:
    """`text`, or its beginning with 「…」, in at most `limit` bytes of UTF-8.

    Never within a character, nor between one and the marks, the variation or the skin tone that belong to it.

    Args:
        limit: at least the three bytes of 「…」.
    """
    if len(text.encode()) <= limit:
        return text
    room = limit - len(_END.encode())
    # What was cut off within a character is ignored, not replaced.
    kept = text.encode()[:room].decode(errors="ignore")
    end = len(kept)
    while end and (_belongs_to_the_last(text[end]) or text[end - 1] == _JOINER):
        end -= 1
    return text[:end].rstrip() + _END


def _belongs_to_the_last(char: str) -> bool:
    is_tone = "\U0001f3fb" <= char <= "\U0001f3ff"
    return is_tone or char == _JOINER or unicodedata.category(char) in {"Mn", "Me", "Mc"}
