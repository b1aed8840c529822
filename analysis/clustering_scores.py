"""How well clusters agree with what people said belongs together. All figures 0…1."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agreement:
    """Clusters against labels.

    Attributes:
        homogeneity: 1 where each cluster holds texts of one label only.
        completeness: 1 where each label's texts are in one cluster.
        nmi: mutual information over the mean of both entropies.

    Source: Rosenberg, Hirschberg, V-Measure, 2007; with equal weights it is the same as this NMI.
    """

    homogeneity: float
    completeness: float
    nmi: float


def agreement(labels: Sequence[Hashable], clusters: Sequence[Hashable]) -> Agreement:
    """The agreement of two divisions of the same texts; 1 where there is nothing to tell apart."""
    both = Counter(zip(labels, clusters, strict=True))
    by_label, by_cluster, count = Counter(labels), Counter(clusters), len(labels)
    of_labels, of_clusters = _entropy(by_label, count), _entropy(by_cluster, count)
    shared = sum(
        times / count * math.log(times * count / (by_label[label] * by_cluster[cluster]))
        for (label, cluster), times in both.items()
    )
    total = of_labels + of_clusters
    return Agreement(
        shared / of_labels if of_labels else 1.0,
        shared / of_clusters if of_clusters else 1.0,
        2 * shared / total if total else 1.0,
    )


def pairwise_f1(clusters: Sequence[Hashable], events: Sequence[Collection[int]]) -> float | None:
    """F1 over pairs of texts: those of one event, against those of one cluster with at least one of an event.

    A text beside an event's own that its cluster holds counts against the cluster, whoever doubts the text.

    Args:
        events: the places of each event's texts; an event of one text has no pairs.

    Returns:
        None where no event has a pair.
    """
    sizes = Counter(clusters)
    right = said = true = 0
    for event in events:
        held = Counter(clusters[place] for place in event)
        true += _pairs(len(event))
        right += sum(_pairs(times) for times in held.values())
        said += sum(_pairs(sizes[one]) - _pairs(sizes[one] - times) for one, times in held.items())
    return 2 * right / (said + true) if true else None


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def _entropy(counts: Counter[Hashable], total: int) -> float:
    return -sum(times / total * math.log(times / total) for times in counts.values())
