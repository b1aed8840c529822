"""The import contracts (`.importlinter`, run by `make check`) name everything they are meant to guard."""

from __future__ import annotations

import configparser

import pytest

from tests.architecture.product import PACKAGES, ROOT, product_sources

# DESIGN: what decides is pure. A name that is not written yet joins its contract when it appears.
_PURE = {
    "analysis",
    "alerts.answers",
    "alerts.grade_suggestion",
    "alerts.triage",
    "alerts.workflow",
    "alerts.deadlines",
    "alerts.escalation",
    "alerts.procedures",
    "alerts.replies",
    "alerts.registering",
    "alerts.roster",
    "alerts.segments",
    "reports.concentrated",
    "reports.figures",
    "reports.papers.paper",
    "reports.papers.stored",
    "reports.papers.text",
}


@pytest.fixture(scope="module")
def contracts() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    return parser


def _list(contracts: configparser.ConfigParser, contract: str, key: str) -> set[str]:
    return set(contracts[f"importlinter:contract:{contract}"][key].split())


def _modules() -> set[str]:
    return {source.module for source in product_sources()}


def test_every_package_is_a_root_of_the_contracts(contracts: configparser.ConfigParser) -> None:
    """Broken: a new package may import anything."""
    assert set(contracts["importlinter"]["root_packages"].split()) == set(PACKAGES)


def test_every_package_with_python_in_the_checkout_is_known() -> None:
    """Broken: a ninth package that no check of this folder looks at."""
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert found - {"tests", "bench", "rules"} == set(PACKAGES)


def test_the_layers_hold_every_package(contracts: configparser.ConfigParser) -> None:
    """Broken: a package outside the layers."""
    assert _list(contracts, "layers", "layers") - {"|"} == set(PACKAGES)


@pytest.mark.parametrize(
    ("contract", "allowed"),
    [
        ("storage-alone", {"storage"}),
        ("scrapy-alone", {"crawlers"}),
        # analysis stands in the contract, with its sentiment excepted there
        ("snownlp-alone", set()),
    ],
)
def test_every_other_package_is_forbidden(
    contracts: configparser.ConfigParser, contract: str, allowed: set[str]
) -> None:
    """Broken: a library that was to be replaceable in one place spreads."""
    assert _list(contracts, contract, "source_modules") == set(PACKAGES) - allowed


def test_every_pure_module_that_exists_is_in_the_contract(contracts: configparser.ConfigParser) -> None:
    """Broken: a rule that needs a database to be tested."""
    assert _list(contracts, "pure", "source_modules") == _PURE & _modules()


def test_the_web_is_kept_from_the_spiders_once_there_are_any(contracts: configparser.ConfigParser) -> None:
    """Broken: a web process that starts Scrapy."""
    forbidden = _list(contracts, "api-without-spiders", "forbidden_modules")
    assert {"scrapy"} | ({"crawlers.spiders"} & _modules()) <= forbidden
