"""The only part of the analysis that touches the database: batches out of it, what was found back into it."""

from __future__ import annotations

from analysis.engine.assessing import assess_again, assess_pending
from analysis.engine.gathering import MatterGatherer, open_gatherer
from analysis.engine.grouping import group_pending

__all__ = ["MatterGatherer", "assess_again", "assess_pending", "group_pending", "open_gatherer"]
