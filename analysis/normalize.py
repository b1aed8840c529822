"""One spelling for matching words: Simplified, half-width, without addresses, names and marks.

Only the lexicon reads this text. The stored message, and what the sentiment model scores, stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import opencc

# Full-width letters and digits; Chinese punctuation stays Chinese.
_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F) if chr(wide - 0xFEE0).isalnum()}
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
_ADDRESS = re.compile(r"(?:https?://|www\.)[\w\-./?%&=#:~+,;@!]+", re.ASCII | re.IGNORECASE)
_REPOST = re.compile(r"//\s*@[^::\s]{1,30}[::]")
_NAME = re.compile(r"@[\w\-]{1,30}")
_MARKS = str.maketrans("", "", "【】#")
_REPEATED = re.compile(r"([!?！？。,，.…~～])\1+")
_BLANKS = re.compile(r"\s+")


def normalize(text: str) -> str:
    """`text` as the lexicon reads it; may be empty.

    In this order: characters composed (NFC); full-width letters and digits made narrow; control and invisible
    characters removed; Traditional made Simplified, with Taiwan's words turned into the mainland's (OpenCC
    tw2sp); what others wrote before a repost (`//@name:` and all after it) cut off; web addresses and @names
    removed; 【】 and # removed, the words inside kept; a repeated punctuation mark kept once; blanks made one
    space.
    """
    text = unicodedata.normalize("NFC", text).translate(_WIDTH)
    text = "".join(one for one in text if one.isspace() or unicodedata.category(one) not in _INVISIBLE)
    text = _converter().convert(text)
    repost = _REPOST.search(text)
    if repost is not None:
        text = text[: repost.start()]
    text = _NAME.sub(" ", _ADDRESS.sub(" ", text)).translate(_MARKS)
    return _BLANKS.sub(" ", _REPEATED.sub(r"\1", text)).strip()


@cache
def _converter() -> opencc.OpenCC:
    """OpenCC reads its dictionaries when it is first needed (10 ms)."""
    return opencc.OpenCC("tw2sp")
