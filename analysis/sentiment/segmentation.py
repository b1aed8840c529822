"""SnowNLP's segmentation of a run of Chinese characters, exactly, some thirty times faster.

The model scores each character's tag (begin, middle, end, single) from the two characters before. snownlp
asks for 64 probabilities a character; only few of them differ from the pair's own sixteen. So one step is:
the best first tag for each second tag (4 maxima), plus the pair's sixteen logs, corrected by the triples that
were really counted. A triple only ever raises a probability and rounding keeps order, so the corrected
maximum is snownlp's.

The best path is found backwards. Where several first tags give the same rounded sum, snownlp keeps the first;
so do we, by comparing the rounded sums, not the numbers they came from. At a character the model has never
seen, snownlp keeps the last path instead of the best; so do we.
"""

from __future__ import annotations

from bisect import bisect_left
from math import inf
from typing import NamedTuple

from analysis.sentiment.snownlp_tables import BEGINNING, FIRST
from analysis.sentiment.table_file import TableFile

_END, _MIDDLE = 2, 1
_LAST_TAG = 3
# What was decoded is thrown away as a whole at these sizes: some 30, 30 and 10 MB.
_STEPS_KEPT = 120_000
_PAIRS_KEPT = 80_000
_RUNS_KEPT = 40_000
_LONGEST_RUN_KEPT = 12


class Step(NamedTuple):
    """What the model knows of a character after two others.

    Attributes:
        logs: sixteen logs, at 4 × third tag + second tag.
        changes: the triples that were counted: place in the previous sixteen, place in these, log.
        is_known: whether the model has ever seen the third character.
    """

    logs: tuple[float, ...]
    changes: tuple[tuple[int, int, float], ...]
    is_known: bool


class Segmenter:
    """Cuts runs of U+4E00…U+9FA5 into words as snownlp does; linear in the length of a run."""

    def __init__(self, tables: TableFile) -> None:
        self._numbers = tables.numbers("characters")
        self._unigram_log = tables.numbers("unigram_log")
        self._pair_start = tables.numbers("pair_start")
        self._pair_third = tables.numbers("pair_third")
        self._bigram_start = tables.numbers("bigram_start")
        self._bigram_tags = tables.numbers("bigram_tags")
        self._bigram_log = tables.numbers("bigram_log")
        self._trigram_start = tables.numbers("trigram_start")
        self._trigram_first = tables.numbers("trigram_first")
        self._trigram_tags = tables.numbers("trigram_tags")
        self._trigram_log = tables.numbers("trigram_log")
        self._steps: dict[str, Step] = {}
        self._pairs: dict[str, tuple[tuple[float, ...], int, int]] = {}
        self._unigrams: dict[int, tuple[float, ...]] = {}
        self._runs: dict[str, tuple[str, ...]] = {}

    def words(self, run: str) -> tuple[str, ...]:
        """The words of one run, in order; joined they give the run again.

        Args:
            run: at least one character, all of them in U+4E00…U+9FA5.
        """
        known = self._runs.get(run)
        if known is not None:
            return known
        words = _cut(run, self._tags(run))
        if len(run) <= _LONGEST_RUN_KEPT:
            if len(self._runs) >= _RUNS_KEPT:
                self._runs = {}
            self._runs[run] = words
        return words

    def _tags(self, run: str) -> list[int]:
        """The best tag of each character."""
        steps = self._steps_of(run)
        best = _opening(steps[0])
        history = [best]
        for place in range(1, len(run)):
            logs, changes, is_known = steps[place]
            # p0…p15: the best path's log at 4 × second tag + first tag.
            p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15 = best
            if is_known:
                m0, m1 = max(p0, p1, p2, p3), max(p4, p5, p6, p7)
                m2, m3 = max(p8, p9, p10, p11), max(p12, p13, p14, p15)
            elif place == 1:
                m0, m1, m2, m3 = p0, p4, p8, p12
            else:
                m0, m1, m2, m3 = p3, p7, p11, p15
            l0, l1, l2, l3, l4, l5, l6, l7, l8, l9, l10, l11, l12, l13, l14, l15 = logs
            new = [
                m0 + l0, m1 + l1, m2 + l2, m3 + l3,
                m0 + l4, m1 + l5, m2 + l6, m3 + l7,
                m0 + l8, m1 + l9, m2 + l10, m3 + l11,
                m0 + l12, m1 + l13, m2 + l14, m3 + l15,
            ]  # fmt: skip
            for before, after, value in changes:
                total = best[before] + value
                if total > new[after]:
                    new[after] = total
            history.append(new)
            best = new
        return _trace(steps, history)

    def _steps_of(self, run: str) -> list[Step]:
        known, steps = self._steps, []
        for end in range(1, len(run) + 1):
            three = run[end - 3 if end > 3 else 0 : end]
            step = known.get(three)
            if step is None:
                if len(known) >= _STEPS_KEPT:
                    known = self._steps = {}
                # A run's second character follows the beginning of the sentence and the first.
                step = known[three] = self._read(three)
            steps.append(step)
        return steps

    def _read(self, three: str) -> Step:
        third = self._numbers[ord(three[-1]) - FIRST]
        if third == 0:
            return Step((0.0,) * 16, (), is_known=False)
        first = self._numbers[ord(three[0]) - FIRST] if len(three) == 3 else BEGINNING
        logs, start, end = self._pair(three[-2:], third)
        place = bisect_left(self._trigram_first, first, start, end)
        changes = []
        while place < end and self._trigram_first[place] == first:
            tags = self._trigram_tags[place]
            changes.append((tags % 16, tags // 4, self._trigram_log[place]))
            place += 1
        return Step(logs, tuple(changes), is_known=True)

    def _pair(self, pair: str, third: int) -> tuple[tuple[float, ...], int, int]:
        """The sixteen logs of a pair, and where its triples stand."""
        entry = self._pairs.get(pair)
        if entry is None:
            if len(self._pairs) >= _PAIRS_KEPT:
                self._pairs = {}
            entry = self._pairs[pair] = self._read_pair(pair, third)
        return entry

    def _read_pair(self, pair: str, third: int) -> tuple[tuple[float, ...], int, int]:
        unigrams = self._unigrams.get(third)
        if unigrams is None:
            four = self._unigram_log[4 * third : 4 * third + 4].tolist()
            unigrams = self._unigrams[third] = tuple(log for log in four for _ in range(4))
        second = self._numbers[ord(pair[0]) - FIRST] if len(pair) == 2 else BEGINNING
        place = self._find(second, third)
        if place is None:
            return unigrams, 0, 0
        logs = list(unigrams)
        for entry in range(self._bigram_start[place], self._bigram_start[place + 1]):
            logs[self._bigram_tags[entry]] = self._bigram_log[entry]
        return tuple(logs), self._trigram_start[place], self._trigram_start[place + 1]

    def _find(self, second: int, third: int) -> int | None:
        """The place of a counted pair."""
        end = self._pair_start[second + 1]
        place = bisect_left(self._pair_third, third, self._pair_start[second], end)
        return place if place < end and self._pair_third[place] == third else None


def _opening(step: Step) -> list[float]:
    """The first character, which follows the beginning of the sentence; that has one tag only."""
    best = [-inf] * 16
    for tag in range(4):
        best[4 * tag] = step.logs[4 * tag]
    for _, after, value in step.changes:
        best[after] = value
    return best


def _trace(steps: list[Step], history: list[list[float]]) -> list[int]:
    """Walk back from the best end; of equal sums the first in snownlp's order stands."""
    place = len(history) - 1
    state = history[place].index(max(history[place]))
    tags = [state // 4]
    while place > 0:
        second = state % 4
        tags.append(second)
        if place > 1:
            first = _first_tag(steps[place], history[place - 1], state, history[place][state])
            state = 4 * second + first
        place -= 1
    tags.reverse()
    return tags


def _first_tag(step: Step, before: list[float], state: int, total: float) -> int:
    """The first tag whose path reaches `total` in `state`."""
    if not step.is_known:
        return _LAST_TAG
    start = 4 * (state % 4)
    log = step.logs[state]
    reached = [before[place] + log == total for place in range(start, start + 4)]
    for place, after, value in step.changes:
        if after == state:
            reached[place - start] = before[place] + value == total
    return reached.index(True)


def _cut(run: str, tags: list[int]) -> tuple[str, ...]:
    """Put characters together as snownlp does: an end closes a word, a middle goes on, others begin anew."""
    words = []
    start = 0
    for place, tag in enumerate(tags):
        if tag == _END:
            words.append(run[start : place + 1])
            start = place + 1
        elif tag != _MIDDLE and place > start:
            words.append(run[start:place])
            start = place
    if start < len(run):
        words.append(run[start:])
    return tuple(words)
