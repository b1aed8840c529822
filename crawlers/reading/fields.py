"""The little language in which a YAML file says where a value stands.

In HTML a rule is a CSS selector (with `::text` or `::attr(name)`) or, when it begins with `/`, `./` or `(`,
an XPath. In JSON it is a path of keys and numbers: `data.list`, `answers.0.text`. A list of rules is tried in
order. `select` with `regex` takes the part in brackets, `const` is a fixed text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from lxml import etree
from parsel.csstranslator import HTMLTranslator
from pydantic import BaseModel, ConfigDict

from crawlers.parsing.text import clean_text

_BREAKS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "ul", "table"})
_UNSEEN = frozenset({"script", "style", "noscript", "template", "iframe"})
_TRANSLATOR = HTMLTranslator()
_DEPTH = 200


class Picked(BaseModel):
    """A rule with more to it than a place."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    select: str = ""
    regex: str | None = None
    const: str | None = None


FieldRule = str | list[str] | Picked
Read = Callable[[Any], str]


def check_rule(rule: FieldRule) -> None:
    """Compile everything in a rule once, so that a slip is found before a site is asked.

    Raises:
        ValueError: a regex does not compile or has no brackets. Selectors are checked where their format is
            known, in `html_reader`.
    """
    if isinstance(rule, Picked) and rule.regex is not None and re.compile(rule.regex).groups != 1:
        raise ValueError(f"regex {rule.regex} 要有且只有一对括号")


def html_reader(rule: FieldRule) -> Read:
    """A function from an element to the rule's text, empty where nothing stands there.

    Raises:
        ValueError: a selector or regex is wrong.
    """
    return _reader(rule, lambda place: _html_place(place))


def json_reader(rule: FieldRule) -> Read:
    """The same from a JSON value."""
    return _reader(rule, lambda place: lambda value: as_text(at_path(value, place)))


def _reader(rule: FieldRule, place: Callable[[str], Read]) -> Read:
    if isinstance(rule, str):
        return place(rule)
    if isinstance(rule, list):
        reads = [place(one) for one in rule]
        return lambda value: next((text for read in reads if (text := read(value))), "")
    if rule.const is not None:
        fixed = rule.const
        return lambda _value: fixed
    inner = place(rule.select)
    if rule.regex is None:
        return inner
    pattern = re.compile(rule.regex)

    def cut(value: Any) -> str:
        found = pattern.search(inner(value))
        return clean_text(found.group(1) or "") if found else ""

    return cut


def _html_place(place: str) -> Read:
    find = selector(place)

    def read(element: Any) -> str:
        for found in find(element):
            text = clean_text(str(found)) if isinstance(found, str) else element_text(found)
            if text:
                return text
        return ""

    return read


@lru_cache(maxsize=512)
def selector(place: str) -> Callable[[Any], list[Any]]:
    """A compiled selector: elements or strings found under an element, in the order of the page.

    Raises:
        ValueError: it is neither CSS nor XPath.
    """
    try:
        path = (
            place if place.startswith(("/", "./", "(")) else _TRANSLATOR.css_to_xpath(place, "descendant::")
        )
        compiled = etree.XPath(path)
    except (etree.XPathError, SyntaxError) as error:
        raise ValueError(f"选择器 {place} 写错了({error})") from error

    def find(element: Any) -> list[Any]:
        found = compiled(element)
        return found if isinstance(found, list) else [str(found)]

    return find


def parse_html(text: str) -> Any:
    """The root element of a page; an empty page has an empty one.

    Raises:
        MemoryError: the page is too big for what the run may take.
    """
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    data = text.replace("\x00", "").encode("utf-8", "replace")
    try:
        root = etree.fromstring(data, parser) if data.strip() else None
    except etree.XMLSyntaxError as error:
        if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        raise
    return root if root is not None else etree.Element("html")


def element_text(element: Any) -> str:
    """What a reader sees in an element: clean text, a new line for each block."""
    parts: list[str] = []
    _collect(element, parts, 0)
    return clean_text("".join(parts))


def _collect(element: Any, parts: list[str], depth: int) -> None:
    tag = element.tag
    if tag in _UNSEEN or not isinstance(tag, str) or depth > _DEPTH:
        return
    breaks = tag in _BREAKS
    if breaks:
        parts.append("\n")
    if tag == "img" and (alt := element.get("alt", "")).startswith("["):
        parts.append(alt)  # how sites write an emoji
    if element.text:
        parts.append(element.text)
    for child in element:
        _collect(child, parts, depth + 1)
        if child.tail:
            parts.append(child.tail)
    if breaks:
        parts.append("\n")


def at_path(value: Any, path: str) -> Any:
    """What stands at a dotted path; None where it leads nowhere. The empty path is the value itself."""
    for part in path.split(".") if path else ():
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and part.lstrip("-").isdigit() and -len(value) <= int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def as_text(value: Any) -> str:
    """A JSON value as clean text; markup inside is taken out; nothing and containers are empty."""
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value)
    if "<" in text and ">" in text:
        return element_text(parse_html(f"<div>{text}</div>"))
    return clean_text(text)
