"""The lock files agree with each other and name no machine but the public registries."""

from __future__ import annotations

import json
import tomllib

from packaging.requirements import Requirement

from tests.architecture.product import ROOT

_PUBLIC = ("https://pypi.org/", "https://files.pythonhosted.org/")


def _locked() -> list[dict[str, object]]:
    packages: list[dict[str, object]] = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))[
        "package"
    ]
    return packages


def test_the_python_lock_names_only_the_public_index() -> None:
    """Broken: nobody but its author can install the project."""
    text = (ROOT / "uv.lock").read_text(encoding="utf-8")
    addresses = {part.split('"')[0] for part in text.split('"') if part.startswith(("http:", "https:"))}
    assert {address for address in addresses if not address.startswith(_PUBLIC)} == set()


def test_the_pip_list_has_the_locked_versions() -> None:
    """Broken: an office without uv installs other versions than the tested ones; `make lock` mends it."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [Requirement(line) for line in lines if line and not line.startswith("#")]
    listed = {(requirement.name, str(requirement.specifier)) for requirement in wanted}
    locked = {(package["name"], f"=={package['version']}") for package in _locked()}
    assert listed <= locked
    assert {name for name, _ in locked} - {name for name, _ in listed} == {"huiying"}


def test_the_script_lock_names_no_registry() -> None:
    """Broken: an office with its own registry cannot fetch the scripts from it."""
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [
        name for name, entry in packages.items() if name and not entry["integrity"].startswith("sha512-")
    ] == []
