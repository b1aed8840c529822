"""What a good reply says, point by point: a reminder beside the editor, never a gate."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pydantic import Field

from core.errors import RuleError
from core.rule_files import RuleFileModel, read_rule_file, rules_folder


class ReplyCheck(RuleFileModel):
    """One point; `pattern` is found in a text that has it, in Python and in the browser alike."""

    name: str = Field(min_length=1, max_length=10)
    hint: str = Field(min_length=1)
    pattern: str = Field(min_length=1)
    matches: tuple[str, ...] = Field(min_length=1)
    must_not_match: tuple[str, ...] = Field(min_length=1)


class _File(RuleFileModel):
    checks: tuple[ReplyCheck, ...] = Field(min_length=1)


def load_reply_checks(path: Path) -> Sequence[ReplyCheck]:
    """The points of a file.

    Raises:
        RuleError: the file has another shape, or a pattern does not do what its examples say.
    """
    checks = read_rule_file(path, _File).checks
    for one in checks:
        try:
            found = re.compile(one.pattern)
        except re.error as error:
            raise RuleError(path, f"pattern 不是正则表达式：{error}", key=one.name) from error
        missed = [text for text in one.matches if not found.search(text)]
        wrong = [text for text in one.must_not_match if found.search(text)]
        if missed or wrong:
            raise RuleError(path, f"例子“{(missed + wrong)[0]}”与 pattern 不符", key=one.name)
    return checks


@cache
def shipped_reply_checks() -> Sequence[ReplyCheck]:
    """Those that ship, read once a process."""
    return load_reply_checks(rules_folder() / "lexicon" / "reply_checks.yml")
