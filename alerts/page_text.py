"""What a reader sees of a saved page: its text without scripts. Pure."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_HIDDEN = frozenset({"script", "style", "noscript", "template", "svg", "iframe", "object"})
_BREAKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article"})
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_DECLARED = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_LOOKED_AT = 4096
_BLANKS = re.compile(r"[ \t\r\f\v\u3000\xa0]+")
_LINES = re.compile(r"\s*\n\s*")


def text_of(body: bytes, media_type: str) -> str:
    """The visible text of an HTML page or plain text; empty for everything else.

    Args:
        media_type: as the server named it, with or without a charset.
    """
    kind = media_type.split(";")[0].strip().lower()
    if kind == "text/plain":
        return _decode(body, media_type).strip()
    if kind not in {"text/html", "application/xhtml+xml"}:
        return ""
    reader = _Reader()
    reader.feed(_decode(body, media_type))
    reader.close()
    return _LINES.sub("\n", _BLANKS.sub(" ", "".join(reader.parts))).strip()


def _decode(body: bytes, media_type: str) -> str:
    """By the server's word, the page's own, or UTF-8; the wider GB18030 is read for every GB name."""
    declared = _DECLARED.search(media_type)
    inner = _META.search(body[:_LOOKED_AT])
    name = declared.group(1) if declared else inner.group(1).decode("ascii") if inner else "utf-8"
    if name.lower().startswith("gb"):
        name = "gb18030"
    try:
        return body.decode(name, "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's signature
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag in _BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)
