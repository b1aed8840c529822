"""The plain way to cluster texts, to measure ours against: TF-IDF of words, cosine distance, DBSCAN."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence

import numpy as np
import rjieba

EPS, MIN_SAMPLES = 0.5, 3
NOISE = -1

_Floats = np.ndarray[tuple[int], np.dtype[np.float64]]
_Places = np.ndarray[tuple[int], np.dtype[np.int64]]


def plain_clusters(texts: Sequence[str], eps: float = EPS, min_samples: int = MIN_SAMPLES) -> list[int]:
    """The number of each text's cluster, `NOISE` for none; every text is compared with every other.

    Source: Ester et al., A Density-Based Algorithm for Discovering Clusters, 1996; weights as in
    scikit-learn's TfidfVectorizer (smoothed idf, rows of length 1).
    """
    near = _neighbours(texts, eps)
    labels, cluster = [NOISE] * len(texts), 0
    seen = [False] * len(texts)
    for start in range(len(texts)):
        if seen[start] or len(near[start]) < min_samples:
            continue
        waiting = deque([start])
        seen[start] = True
        while waiting:
            one = waiting.popleft()
            labels[one] = cluster
            if len(near[one]) >= min_samples:
                for other in near[one]:
                    if not seen[other]:
                        seen[other] = True
                        waiting.append(int(other))
        cluster += 1
    return labels


def _neighbours(texts: Sequence[str], eps: float) -> list[_Places]:
    rows, postings = _tf_idf(texts)
    found = []
    for row in rows:
        likeness = np.zeros(len(texts))
        for term, weight in row.items():
            places, weights = postings[term]
            likeness[places] += weight * weights
        found.append(np.flatnonzero(likeness >= 1 - eps))
    return found


def _tf_idf(texts: Sequence[str]) -> tuple[list[dict[str, float]], dict[str, tuple[_Places, _Floats]]]:
    counts: list[dict[str, float]] = []
    frequency: dict[str, int] = defaultdict(int)
    for text in texts:
        row: dict[str, float] = defaultdict(float)
        for word in rjieba.cut(text):
            if word.strip():
                row[word] += 1
        for word in row:
            frequency[word] += 1
        counts.append(row)
    listed: dict[str, tuple[list[int], list[float]]] = defaultdict(lambda: ([], []))
    for place, row in enumerate(counts):
        for word in row:
            row[word] *= float(np.log((1 + len(texts)) / (1 + frequency[word])) + 1)
        norm = sum(weight * weight for weight in row.values()) ** 0.5
        for word in row:
            row[word] /= norm
            listed[word][0].append(place)
            listed[word][1].append(row[word])
    postings = {word: (np.array(places), np.array(weights)) for word, (places, weights) in listed.items()}
    return counts, postings
