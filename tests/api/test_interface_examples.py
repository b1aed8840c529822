"""The description of the interface: every write shows what to send and what comes back, and takes a key."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.office import WebOffice

# Signing in and out opens and ends; receipts come from the networks of others, in forms of their own.
WITHOUT_KEY = {"/api/v1/session", "/api/v1/receipts/{channel}"}
WRITES = ("post", "put", "patch", "delete")


@pytest.fixture
def described(office: WebOffice) -> dict[str, Any]:
    return office.app.openapi()


def shows(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0) -> bool:
    """Whether an example stands in a schema or in what it is made of; words of a closed list are one."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].split("/")[-1]]
    if depth > 6:
        return False
    if {"example", "examples", "enum", "const", "format", "contentMediaType"} & set(schema):
        return True
    if schema.get("type") in {"boolean", "null"}:
        return True
    parts = [*schema.get("properties", {}).values(), schema.get("items", {})]
    parts += [one for name in ("anyOf", "allOf", "oneOf") for one in schema.get(name, [])]
    return any(shows(part, schemas, depth + 1) for part in parts if part)


def writes(described: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method} {path}", operation)
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
        if method in WRITES
    ]


def test_every_write_shows_what_to_send_and_what_comes_back(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    silent = []
    for name, operation in writes(described):
        told = [operation.get("requestBody", {}), *operation["responses"].values()]
        for one in told:
            for kind, content in one.get("content", {}).items():
                if kind != "application/problem+json" and not shows(content.get("schema", {}), schemas):
                    silent.append(f"{name} {kind}")
    assert silent == []


def test_every_write_takes_a_key_that_makes_it_one(described: dict[str, Any]) -> None:
    without = [
        name
        for name, operation in writes(described)
        if name.split()[1] not in WITHOUT_KEY
        and "Idempotency-Key" not in {one["name"] for one in operation.get("parameters", [])}
    ]
    assert without == []


def test_every_write_names_its_refusals_in_chinese(described: dict[str, Any]) -> None:
    for name, operation in writes(described):
        refusals = [code for code in operation["responses"] if code.startswith("4")]
        assert refusals, name
        assert operation["summary"], name
