"""A JavaScript object literal as data, without running anything.

Some lists answer with bare keys and single quotes. Reading character by character keeps a title such as
`关于'疑问':{的}` whole, where rewriting by pattern would break it.
"""

from __future__ import annotations

import json
import re
from typing import Any

_SPACE = re.compile(r"[\s\ufeff]*")
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": ""}
_WORDS = {"true": True, "false": False, "null": None, "undefined": None}
_DEPTH = 60


class NotData(ValueError):
    """The text is no object literal."""


def read_object(text: str) -> Any:
    """The value of the literal; calls, templates and expressions are refused.

    Raises:
        NotData: the text is something else, is cut, or nests too deep.
    """
    reader = _Reader(text)
    value = reader.value(0)
    reader.skip()
    if reader.at < len(text) and text[reader.at :].strip() not in {";", ")", ");"}:
        raise NotData("text after the value")
    return value


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def skip(self) -> None:
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def peek(self) -> str:
        self.skip()
        return self.text[self.at : self.at + 1]

    def take(self, wanted: str) -> None:
        if self.peek() != wanted:
            raise NotData(f"{wanted} expected")
        self.at += 1

    def value(self, depth: int) -> Any:
        if depth > _DEPTH:
            raise NotData("too deep")
        mark = self.peek()
        if mark == "{":
            return self.members(depth)
        if mark == "[":
            return self.elements(depth)
        if mark in {"'", '"'}:
            return self.quoted()
        return self.plain()

    def members(self, depth: int) -> dict[str, Any]:
        self.take("{")
        found: dict[str, Any] = {}
        while self.peek() != "}":
            key = self.quoted() if self.peek() in {"'", '"'} else self.word()
            self.take(":")
            found[key] = self.value(depth + 1)
            if self.peek() != "}":
                self.take(",")
        self.take("}")
        return found

    def elements(self, depth: int) -> list[Any]:
        self.take("[")
        found: list[Any] = []
        while self.peek() != "]":
            found.append(self.value(depth + 1))
            if self.peek() != "]":
                self.take(",")
        self.take("]")
        return found

    def word(self) -> str:
        self.skip()
        found = _WORD.match(self.text, self.at) or _NUMBER.match(self.text, self.at)
        if found is None:
            raise NotData("a name expected")
        self.at = found.end()
        return found.group()

    def plain(self) -> Any:
        self.skip()
        if found := _NUMBER.match(self.text, self.at):
            self.at = found.end()
            return json.loads(found.group()) if found.group().lstrip("-")[:2] != "00" else found.group()
        word = self.word()
        if word not in _WORDS:
            raise NotData(f"{word} is no value")
        return _WORDS[word]

    def quoted(self) -> str:
        quote = self.peek()
        self.at += 1
        parts: list[str] = []
        while True:
            if self.at >= len(self.text):
                raise NotData("text is cut")
            char = self.text[self.at]
            self.at += 1
            if char == quote:
                return "".join(parts)
            parts.append(self.escaped() if char == "\\" else char)

    def escaped(self) -> str:
        char = self.text[self.at : self.at + 1]
        self.at += 1
        if char in {"u", "x"}:
            length = 4 if char == "u" else 2
            digits = self.text[self.at : self.at + length]
            self.at += length
            try:
                return chr(int(digits, 16))
            except ValueError as error:
                raise NotData("a bad escape") from error
        return _ESCAPES.get(char, char)
