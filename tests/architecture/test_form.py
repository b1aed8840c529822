"""The form of the source: sizes, docstrings, no printing, no vague names."""

from __future__ import annotations

import ast

from tests.architecture.product import Source, calls, parse, product_sources

_FILE_LINES = 500
_FUNCTION_LINES = 60
_VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}


def long_functions(source: Source) -> list[str]:
    """Functions above the limit, docstring and decorators not counted."""
    return [
        f"{source.where(node)} {node.name}: {lines} lines"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := _lines(node)) > _FUNCTION_LINES
    ]


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def printing(source: Source) -> list[str]:
    """Where something is printed."""
    return [source.where(call) for call, name in calls(source) if name in {"print", "pprint.pprint"}]


def test_no_file_is_longer_than_a_reader_keeps_in_mind() -> None:
    """Broken: a file that holds several nouns, where the next change lands in the wrong one."""
    sizes = {s.path: len(s.text.splitlines()) for s in product_sources()}
    assert {path: lines for path, lines in sizes.items() if lines > _FILE_LINES} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    """Broken: a function that cannot be tested by itself."""
    assert [w for s in product_sources() for w in long_functions(s)] == []


def test_every_module_says_what_it_is_for() -> None:
    """Broken: a reader must open the file to learn whether it is the right one."""
    assert [s.path for s in product_sources() if not ast.get_docstring(s.tree)] == []


def test_only_the_command_line_prints() -> None:
    """Broken: `--json` no longer prints exactly one object, and scripts of the office fail to read it."""
    assert [w for s in product_sources() if s.package != "huiying" for w in printing(s)] == []


def test_no_module_has_a_name_that_takes_everything() -> None:
    """Broken: a place where unrelated code gathers."""
    assert [s.path for s in product_sources() if _VAGUE & set(s.module.split("."))] == []


def test_a_long_function_is_caught_and_its_docstring_not_counted() -> None:
    body = "    x = 1\n" * _FUNCTION_LINES
    assert long_functions(parse(f"def f():\n{body}")) == [f"core/example.py:1 f: {_FUNCTION_LINES + 1} lines"]
    short = "    x = 1\n" * (_FUNCTION_LINES - 1)
    assert long_functions(parse(f'def f():\n    """One.\n\n    Two.\n    """\n{short}')) == []


def test_printing_is_caught() -> None:
    assert printing(parse("\nprint('值班台')")) == ["core/example.py:2"]
