"""Text out of the bytes of an answer, whatever its header says."""

from __future__ import annotations

import codecs
import re

_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([\w-]+)""")
# The labels of the subsets are used for the whole set.
_CHINESE = {"gb2312", "gbk", "gb_2312-80", "x-gbk", "hz-gb-2312", "gb18030"}
_HEAD = 2_048
_BAD_SHARE = 0.01


def decode(body: bytes, content_type: str = "") -> str:
    """The text of `body`.

    The declared encoding stands while the bytes fit it; a declaration that leaves more than one character in
    a hundred unreadable is taken for false, and the page read as GB18030.
    """
    if body.startswith(codecs.BOM_UTF8):
        return body[3:].decode("utf-8", "replace")
    encoding = _declared(content_type.encode("latin-1", "replace")) or _declared(body[:_HEAD]) or "utf-8"
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        text = body.decode(encoding, "replace")
    if encoding != "gb18030" and text.count("\ufffd") > len(text) * _BAD_SHARE:
        other = body.decode("gb18030", "replace")
        if other.count("\ufffd") < text.count("\ufffd"):
            return other
    return text


def _declared(where: bytes) -> str | None:
    found = _CHARSET.search(where) or _XML_ENCODING.search(where)
    if found is None:
        return None
    name = found.group(1).decode("ascii", "replace").lower()
    if name in _CHINESE:
        return "gb18030"
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None
