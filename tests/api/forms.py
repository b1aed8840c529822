"""What the tests read out of a page's forms."""

from __future__ import annotations

import re
from html import unescape


def hidden(page: str) -> dict[str, str]:
    """What every form of a page carries unseen."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    return {name: unescape(value) for name, value in found}
