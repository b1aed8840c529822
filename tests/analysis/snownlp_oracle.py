"""Plain snownlp, the reference every score is compared with; importing it takes seconds and 400 MB."""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any


@cache
def _snownlp() -> Any:
    with warnings.catch_warnings():
        # Its sources hold escapes that newer Pythons warn of.
        warnings.simplefilter("ignore")
        import snownlp
    return snownlp


def sentiments(text: str) -> float:
    """`SnowNLP(text).sentiments`."""
    score: float = _snownlp().SnowNLP(text).sentiments
    return score


def words(text: str) -> list[str]:
    """`SnowNLP(text).words`."""
    found: list[str] = _snownlp().SnowNLP(text).words
    return found
