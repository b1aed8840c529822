"""Plain text out of whatever a cell or page holds."""

from __future__ import annotations

import re
import unicodedata

# Most cells are these characters and nothing else: clean already, and the same in every normal form.
_PLAIN = re.compile(r"[!-;=-^`-~\u3001-\u3011\u4e00-\u9fff\uff01-\uff5e]*+")
# One character class, searched once: what holds none of these needs no collapsing.
_ODD = re.compile(r"[\x00-\x1f\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff<]|  |_x")
_BREAK = re.compile(r"<\s*(?:br|/p|/div)\s*/?\s*>", re.IGNORECASE)
_ESCAPED_RETURN = re.compile(r"_x000[dD]_")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060-\u2064\ufeff]")
_LINE_END = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_BLANK = re.compile(r"[ \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_CONTROL = re.compile(r"[\x00-\x09\x0e-\x1f\x7f-\x9f\u202a-\u202e]")
_AROUND_BREAK = re.compile(r" ?\n[ \n]*")


def clean_text(text: str) -> str:
    """NFC, no invisible or control characters, blanks collapsed, no blank lines; `<br>` is a line end."""
    if _PLAIN.fullmatch(text):
        return text
    text = text.strip() if _ODD.search(text) is None else _collapsed(text)
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def clean_line(text: str) -> str:
    """The same on one line."""
    text = clean_text(text)
    return text.replace("\n", " ") if "\n" in text else text


def _collapsed(text: str) -> str:
    text = _ESCAPED_RETURN.sub("\n", text)
    if "<" in text:
        text = _BREAK.sub("\n", text)
    text = _LINE_END.sub("\n", _INVISIBLE.sub("", text))
    text = _CONTROL.sub("", _BLANK.sub(" ", text))
    return _AROUND_BREAK.sub("\n", _BLANK.sub(" ", text)).strip()
