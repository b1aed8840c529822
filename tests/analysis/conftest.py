"""The scorer, its tables built once for all tests of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.sentiment.fast import SnowNlpScorer, open_scorer


@pytest.fixture(scope="session")
def models_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder for model tables; the first scorer builds them there."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def scorer(models_folder: Path) -> SnowNlpScorer:
    """The shipped model through the fast path."""
    return open_scorer(models_folder)
