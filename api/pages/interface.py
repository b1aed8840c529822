"""接口说明 at /docs: what programs may ask, drawn from the interface's own description and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response

from api.pages.contexts import PageContext
from api.pages.rendering import render

router = APIRouter()

_METHODS = ("get", "post", "put", "patch", "delete")
_DEPTH = 4
_Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value a request carries; `kind` is its type in words."""

    name: str
    where: str
    kind: str
    required: bool
    says: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address.

    Attributes:
        anchor: its name within the page.
        body: an example of what is sent, as JSON; empty for none.
        answers: status and what it means.
        gives: an example of the answer, as JSON; empty for none.
    """

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    parameters: Sequence[Parameter]
    body: str
    answers: Sequence[tuple[str, str]]
    gives: str


@dataclass(frozen=True)
class InterfacePage(PageContext):
    """Every operation by subject, and where the machine-readable description is."""

    groups: Mapping[str, Sequence[Operation]]
    description_href: str


@router.get("/docs")
def show(request: Request) -> Response:
    """Open to whoever reaches the office, as the machine-readable description is: it holds no data."""
    return render(request, "interface.html", InterfacePage(_groups(request.app), "/openapi.json"))


@lru_cache(maxsize=1)
def _groups(app: FastAPI) -> Mapping[str, Sequence[Operation]]:
    described = app.openapi()
    reader = _Reader(described.get("components", {}).get("schemas", {}))
    groups: dict[str, list[Operation]] = {}
    for path, methods in described["paths"].items():
        for method in _METHODS:
            if method in methods:
                tag = methods[method].get("tags", ["其他"])[0]
                groups.setdefault(tag, []).append(reader.operation(method, path, methods[method]))
    return groups


class _Reader:
    """Reads an OpenAPI description; `schemas` are its named ones."""

    def __init__(self, schemas: _Schema) -> None:
        self._schemas = schemas

    def operation(self, method: str, path: str, told: _Schema) -> Operation:
        answers: _Schema = told.get("responses", {})
        given: _Schema = next((one for status, one in answers.items() if status.startswith("2")), {})
        return Operation(
            anchor=told["operationId"],
            method=method.upper(),
            path=path,
            summary=told.get("summary", path),
            description=told.get("description", ""),
            parameters=[self._parameter(one) for one in told.get("parameters", ())],
            body=self._content(told.get("requestBody", {})),
            answers=[(status, one.get("description", "")) for status, one in answers.items()],
            gives=self._content(given),
        )

    def _parameter(self, one: _Schema) -> Parameter:
        schema, where = (
            one["schema"],
            {"query": "地址", "path": "路径", "header": "请求头", "cookie": "Cookie"},
        )
        required = one.get("required", False)
        return Parameter(
            one["name"], where[one["in"]], self._kind(schema), required, one.get("description", "")
        )

    def _kind(self, schema: _Schema) -> str:
        schema = self._resolved(schema)
        if "enum" in schema:
            return " | ".join(str(one) for one in schema["enum"])
        if "anyOf" in schema:
            kinds = (self._kind(one) for one in schema["anyOf"] if one.get("type") != "null")
            return " 或 ".join(dict.fromkeys(kinds))
        if schema.get("type") == "array":
            return f"{self._kind(schema.get('items', {}))}，可多个"
        words = {"integer": "整数", "number": "数", "boolean": "是否", "string": "文字", "object": "对象"}
        return words.get(schema.get("type", ""), "任意")

    def _content(self, told: _Schema) -> str:
        for kind, content in told.get("content", {}).items():
            if "json" in kind:
                example = next(self._examples(content), None) or self._example(
                    content.get("schema", {}), _DEPTH
                )
                return json.dumps(example, ensure_ascii=False, indent=2)
        return ""

    def _examples(self, content: _Schema) -> Iterator[Any]:
        yield from (one["value"] for one in content.get("examples", {}).values() if "value" in one)
        yield from self._resolved(content.get("schema", {})).get("examples", ())

    def _example(self, schema: _Schema, depth: int) -> Any:
        schema = self._resolved(schema)
        if schema.get("examples"):
            return schema["examples"][0]
        if "enum" in schema:
            return schema["enum"][0]
        if "default" in schema:
            return schema["default"]
        if "anyOf" in schema:
            return self._example(schema["anyOf"][0], depth)
        if schema.get("type") == "array":
            return [self._example(schema.get("items", {}), depth - 1)] if depth else []
        if "properties" in schema:
            fields = schema["properties"].items() if depth else ()
            return {name: self._example(one, depth - 1) for name, one in fields}
        return {"integer": 0, "number": 0.0, "boolean": False, "string": "…", "null": None}.get(
            schema.get("type", ""), {}
        )

    def _resolved(self, schema: _Schema) -> _Schema:
        name = schema.get("$ref", "").rpartition("/")[2]
        named: _Schema = self._schemas.get(name, schema)
        return named
