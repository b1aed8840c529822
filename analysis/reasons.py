"""How found words are shown in a reason."""

from __future__ import annotations

from collections.abc import Sequence

_SHOWN = 5


def quoted(words: Sequence[str]) -> str:
    """The first five words in Chinese quotes, then how many more there are."""
    shown = "、".join(f"“{word}”" for word in words[:_SHOWN])
    return shown + (f"等{len(words)}处" if len(words) > _SHOWN else "")
