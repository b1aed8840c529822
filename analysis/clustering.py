"""Matters and repeats of a whole set of texts in one go, as an evaluation and a backfill need them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from analysis.duplicates import DuplicateGroups, prints_of
from analysis.matters import Matters, Voice
from analysis.terms import TermStatistics, Wording, vector


@dataclass(frozen=True, slots=True)
class Text:
    """One message, as far as a matter is made of it."""

    title: str
    body: str
    at: datetime
    place: str = ""


def matters_of(texts: Sequence[Text], wording: Wording) -> list[int]:
    """For each text the place of the first text of its matter.

    Texts are taken in the order of their times, whatever order they are given in. A near-repeat goes where
    the first of its group went.
    """
    order = sorted(range(len(texts)), key=lambda place: (texts[place].at, place))
    prints = prints_of([f"{texts[place].title}\n{texts[place].body}" for place in order])
    groups = DuplicateGroups().place(list(zip(order, prints, strict=True)))
    firsts = {one.message_id: one.group_id for one in groups}
    terms = {
        place: wording.terms(texts[place].title, texts[place].body)
        for place in order
        if firsts[place] == place
    }
    statistics, matters, found = TermStatistics.of(terms.values()), Matters(), [0] * len(texts)
    for place in order:
        text, first = texts[place], firsts[place]
        if first == place:
            words = vector(terms[place], statistics, wording)
            found[place] = matters.place(Voice(place, text.at, words, text.place))
        else:
            found[place] = found[first]
            matters.join(matters.standing(found[first]), Voice(place, text.at, {}, text.place))
    return [matters.standing(number) for number in found]
