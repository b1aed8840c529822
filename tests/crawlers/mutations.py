"""Damage to pages and answers, the same for the same seed."""

from __future__ import annotations

import random

_JUNK = (
    b"\x00",
    b"\xff\xfe",
    b"<",
    b">",
    b'"',
    b"'",
    b"&#x110000;",
    b"]]>",
    b"<!--",
    b"{",
    b"\xf0\x9f",
    b"1e999",
)


def mutated(body: bytes, dice: random.Random) -> bytes:
    """`body` with one to six damages: bytes flipped, put in, cut out, swapped, doubled, the end missing."""
    data = bytearray(body)
    for _ in range(dice.randint(1, 6)):
        at, other = dice.randrange(len(data) or 1), dice.randrange(len(data) or 1)
        low, high = min(at, other), max(at, other)
        match dice.randrange(6):
            case 0:
                data[at : at + 1] = bytes([dice.randrange(256)])
            case 1:
                data[at:at] = dice.choice(_JUNK) * dice.choice((1, 1, 50))
            case 2:
                del data[low : min(high, low + 200)]
            case 3:
                data[low : low + 40], data[high : high + 40] = data[high : high + 40], data[low : low + 40]
            case 4:
                data[at:at] = data[low : low + 300]
            case _ if dice.random() < 0.2:
                del data[at:]
    return bytes(data)
