"""What a petition's export says of it beside its text: threatened, brought by a group, urgent.

Source: the national exchange tables of petitions, YYBZ 扬言, JTXFBZ 集体访, JJBZ 紧急.
"""

from __future__ import annotations

from collections.abc import Mapping

# Under which name the flags of a message stand among its extra facts, joined by 、
FLAGS = "flags"
# Field of the column dictionary → what an official calls the flag.
FLAG_WORDS: Mapping[str, str] = {"threat": "扬言", "group": "集体访", "urgent": "紧急"}


def flags_in(extra: Mapping[str, str]) -> tuple[str, ...]:
    """The flags of a message in the order of `FLAG_WORDS`; empty for nearly every message."""
    said = extra.get(FLAGS, "")
    return tuple(said.split("、")) if said else ()
