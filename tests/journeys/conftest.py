"""The journeys in a browser use the browser of the page tests."""

from __future__ import annotations

from tests.browser.conftest import browser, pytest_collection_modifyitems

__all__ = ["browser", "pytest_collection_modifyitems"]
