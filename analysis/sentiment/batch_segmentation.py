"""SnowNLP's segmentation of many runs at once, exactly, with numpy.

All runs of a batch go forward together, one character a step. For each position the model's 64 logs are laid
out densely (third tag, second tag, first tag): the character's own logs, overwritten by those of the pair and
then of the triple that were really counted. A step is one addition and one maximum over the first tag; the
best way is found backwards by the same sums. Ties and unseen characters follow snownlp as in `segmentation`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.sentiment.segmentation import Segmenter
from analysis.sentiment.snownlp_tables import BEGINNING, FIRST
from analysis.sentiment.table_file import TableFile

# Dense logs take 512 bytes a character: 8 MB a batch.
_CHARACTERS_AT_ONCE = 16_000
# A step costs the same for one run as for hundreds: long runs are rare and go one by one.
_LONGEST_RUN = 120
_MIDDLE, _END, _LAST_TAG = 1, 2, 3

Numbers = NDArray[np.int64]
Logs = NDArray[np.float64]


class BatchSegmenter:
    """Cuts many runs of U+4E00…U+9FA5 into words as snownlp does."""

    def __init__(self, tables: TableFile, single: Segmenter) -> None:
        """`single` takes the runs that are too long to go with the others."""
        column = {name: np.asarray(tables.numbers(name)) for name in _COLUMNS}
        self._single = single
        self._numbers = column["characters"]
        self._unigram_log = column["unigram_log"].reshape(-1, 4)
        second = _owners(column["pair_start"]).astype(np.uint32)
        self._pairs = (second << np.uint32(16)) | column["pair_third"]
        self._bigram_start = column["bigram_start"]
        # Where a bigram's log stands among the sixteen (third tag, second tag).
        self._bigram_place = column["bigram_tags"]
        self._bigram_log = column["bigram_log"]
        owner = _owners(column["trigram_start"]).astype(np.uint64)
        triples = (owner << np.uint64(16)) | column["trigram_first"]
        fresh = np.flatnonzero(np.diff(triples, prepend=np.uint64(2**63)) != 0)
        self._triples = triples[fresh]
        self._triple_start = np.append(fresh, len(triples)).astype(np.uint32)
        # first + 4 second + 16 third tag: already the place among the 64.
        self._trigram_place = column["trigram_tags"]
        self._trigram_log = column["trigram_log"]

    def words(self, runs: Sequence[str]) -> list[list[str]]:
        """The words of each run, in order.

        Args:
            runs: each at least one character, all of them in U+4E00…U+9FA5.
        """
        answers: list[list[str]] = [[]] * len(runs)
        waiting: list[int] = []
        size = 0
        for place, run in enumerate(runs):
            if len(run) > _LONGEST_RUN:
                answers[place] = list(self._single.words(run))
                continue
            waiting.append(place)
            size += len(run)
            if size >= _CHARACTERS_AT_ONCE:
                self._answer(runs, waiting, answers)
                waiting, size = [], 0
        self._answer(runs, waiting, answers)
        return answers

    def _answer(self, runs: Sequence[str], places: Sequence[int], answers: list[list[str]]) -> None:
        if not places:
            return
        some = [runs[place] for place in places]
        for place, words in zip(places, self._cut_together(some), strict=True):
            answers[place] = words

    def _cut_together(self, runs: Sequence[str]) -> list[list[str]]:
        joined = "".join(runs)
        lengths = np.array([len(run) for run in runs], dtype=np.int64)
        starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
        layout = _Layout(lengths, starts)
        codes = np.frombuffer(joined.encode("utf-16-le"), dtype=np.uint16)
        third = self._numbers[codes - np.uint16(FIRST)][layout.order]
        logs = self._dense(*_before(third, layout), third)
        tags = np.empty(len(joined), dtype=np.int8)
        tags[layout.order] = _best_tags(logs, third == 0, layout)
        return _words(joined, tags, starts, lengths)

    def _dense(self, first: Numbers, second: Numbers, third: NDArray[Any]) -> Logs:
        """The 64 logs of each position: shape (4 third tags, 4 second, 4 first, positions)."""
        logs = np.empty((64, len(third)))
        logs.reshape(4, 16, -1)[:] = self._unigram_log[third].T[:, None, :]
        logs[:, third == 0] = 0.0
        pairs = (second.astype(np.uint32) << np.uint32(16)) | third
        pair = _find(self._pairs, pairs)
        known = np.flatnonzero((pair >= 0) & (third != 0))
        entries, where = _spread(self._bigram_start, pair[known], known)
        by_sixteen = logs.reshape(16, 4, -1)
        by_sixteen[self._bigram_place[entries], :, where] = self._bigram_log[entries][:, None]
        triples = (pair[known].astype(np.uint64) << np.uint64(16)) | first[known].astype(np.uint64)
        triple = _find(self._triples, triples)
        counted = triple >= 0
        entries, where = _spread(self._triple_start, triple[counted], known[counted])
        logs[self._trigram_place[entries], where] = self._trigram_log[entries]
        return logs.reshape(4, 4, 4, -1)


class _Layout:
    """The order in which the positions of a batch are worked on: by place in the run, longest runs first.

    Attributes:
        order: position in the joined text of each worked position.
        counts: how many runs are longer than 0, 1, 2, … characters.
        offsets: where each place begins in `order`; one more than `counts`.
    """

    def __init__(self, lengths: Numbers, starts: Numbers) -> None:
        longest_first = np.argsort(-lengths, kind="stable")
        lengths, starts = lengths[longest_first], starts[longest_first]
        self.counts = np.searchsorted(-lengths, -np.arange(lengths[0]), side="left")
        self.offsets = np.concatenate(([0], np.cumsum(self.counts)))
        self.order = np.concatenate([starts[:count] + place for place, count in enumerate(self.counts)])


def _before(third: NDArray[Any], layout: _Layout) -> tuple[Numbers, Numbers]:
    """The numbers of the characters two and one before each; the sentence's beginning where there is none."""
    second = np.full(len(third), BEGINNING, dtype=np.int64)
    first = second.copy()
    for place in range(1, len(layout.counts)):
        count, here, before = layout.counts[place], layout.offsets[place], layout.offsets[place - 1]
        second[here : here + count] = third[before : before + count]
        first[here : here + count] = second[before : before + count]
    return first, second


def _owners(starts: NDArray[Any]) -> Numbers:
    """The owner of each entry, from where each owner's entries start."""
    places = starts.astype(np.int64)
    return np.repeat(np.arange(len(places) - 1), places[1:] - places[:-1])


def _find(keys: NDArray[Any], sought: NDArray[Any]) -> Numbers:
    """The place of each sought key among the sorted keys, -1 where it is not there."""
    places = np.searchsorted(keys, sought).astype(np.int64)
    places[places == len(keys)] = 0
    places[keys[places] != sought] = -1
    return places


def _spread(starts: NDArray[Any], owners: Numbers, where: Numbers) -> tuple[Numbers, Numbers]:
    """Every entry of every owner, and the position each is for."""
    begin = starts[owners].astype(np.int64)
    counts = starts[owners + 1].astype(np.int64) - begin
    ends = np.cumsum(counts)
    steps = np.arange(ends[-1] if len(ends) else 0)
    return steps + np.repeat(begin - ends + counts, counts), np.repeat(where, counts)


def _best_tags(logs: Logs, unseen: NDArray[np.bool_], layout: _Layout) -> NDArray[np.int8]:
    history = _forward(logs, unseen, layout)
    tags = np.empty(len(unseen), dtype=np.int8)
    state = np.empty(0, dtype=np.int64)
    for place in range(len(layout.counts) - 1, -1, -1):
        here, count = layout.offsets[place], layout.counts[place]
        # Runs that end here begin their way back at their best state, the first among equals.
        ending = history[place].reshape(16, -1)[:, len(state) :].argmax(axis=0)
        state = np.concatenate((state, ending))
        third, second = state >> 2, state & 3
        tags[here : here + count] = third
        if place == 0:
            break
        runs = np.arange(count)
        sums = history[place - 1][second, :, runs] + logs[third, second, :, here + runs]
        first = sums.argmax(axis=1)
        if place > 1:
            first[unseen[here : here + count]] = _LAST_TAG
        else:
            first[:] = 0
        state = 4 * second + first
    return tags


def _forward(logs: Logs, unseen: NDArray[np.bool_], layout: _Layout) -> list[Logs]:
    """The best log of each state after each place: arrays (4 third tags, 4 second tags, runs)."""
    best = np.full((4, 4, layout.counts[0]), -np.inf)
    best[0, 0] = 0.0
    history = []
    for place, count in enumerate(layout.counts):
        here = layout.offsets[place]
        before = best[:, :, :count]
        sums = logs[:, :, :, here : here + count] + before
        best = np.maximum(np.maximum(sums[:, :, 0], sums[:, :, 1]), np.maximum(sums[:, :, 2], sums[:, :, 3]))
        odd = np.flatnonzero(unseen[here : here + count])
        if len(odd):
            best[:, :, odd] = before[:, 0 if place < 2 else _LAST_TAG, odd]
        history.append(best)
    return history


def _words(joined: str, tags: NDArray[np.int8], starts: Numbers, lengths: Numbers) -> list[list[str]]:
    """Put characters together as snownlp does: an end closes a word, a middle goes on, others begin anew."""
    begins = (tags != _MIDDLE) & (tags != _END)
    begins[1:] |= tags[:-1] == _END
    begins[starts] = True
    cuts = np.append(np.flatnonzero(begins), len(joined))
    places = cuts.tolist()
    words = [joined[begin:end] for begin, end in pairwise(places)]
    edges = np.searchsorted(cuts, np.append(starts, starts[-1] + lengths[-1])).tolist()
    return [words[begin:end] for begin, end in pairwise(edges)]


_COLUMNS = (
    "characters",
    "unigram_log",
    "pair_start",
    "pair_third",
    "bigram_start",
    "bigram_tags",
    "bigram_log",
    "trigram_start",
    "trigram_first",
    "trigram_tags",
    "trigram_log",
)
