"""The scorer over the tables that all tests of a run share."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.sentiment.fast import SnowNlpScorer, open_scorer


@pytest.fixture(scope="session")
def scorer(models_folder: Path) -> SnowNlpScorer:
    """The shipped model through the fast path."""
    return open_scorer(models_folder)
