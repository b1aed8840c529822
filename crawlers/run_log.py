"""What one run has seen so far, and with which word it ends. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from core.vocabulary import Verdict
from crawlers.catalog import Expect

# The ends of a run that an administrator need not look at.
GOOD = frozenset({Verdict.OK, Verdict.OK_EMPTY, Verdict.BUDGET_SPENT})
_ENOUGH_TO_JUDGE = 20
_BODY_RATE = 0.95


@dataclass
class RunLog:
    """Counts of one run.

    Attributes:
        ending: the verdict that ended the run before its time, and why; the first one stands.
        failed: pages given up after their repeats.
        rows: rows of lists, also the unchanged ones.
        is_capped: the list goes on beyond what one run may turn.
    """

    sent: int = 0
    answered: int = 0
    broken: int = 0
    failed: int = 0
    rows: int = 0
    records: int = 0
    rejected: int = 0
    bodies: int = 0
    is_capped: bool = False
    crawl_delay: float = 0.0
    retry_after_seconds: int | None = None
    robots_txt: str = ""
    ending: tuple[Verdict, str] | None = None
    verdicts: Counter[str] = field(default_factory=Counter)
    watermark: dict[str, Any] = field(default_factory=dict)

    def end(self, verdict: Verdict, reason: str) -> None:
        """End the run; the first reason stands."""
        if self.ending is None:
            self.ending = (verdict, reason)

    def result(self, expect: Expect) -> tuple[Verdict, str]:
        """The verdict of the run and one Chinese sentence.

        "Nothing new" is said only when the source's own mark of emptiness was seen.
        """
        if self.ending is not None:
            return self.ending
        if self.failed:
            return Verdict.PARTIAL, f"有 {self.failed} 个页面没有取到，下次再取"
        if not self.rows:
            if self.verdicts[Verdict.EMPTY_PROVEN.value]:
                return Verdict.OK_EMPTY, "网站说没有内容"
            return Verdict.FORMAT_CHANGED, "没有读到任何内容，也没有见到网站“没有内容”的标记"
        return self._by_content(expect)

    def _by_content(self, expect: Expect) -> tuple[Verdict, str]:
        if self.rejected and not self.records and self.rejected == self.rows:
            return Verdict.FORMAT_CHANGED, f"{self.rejected} 件全部读不了，已隔离"
        if self.rows > expect.max_rows:
            return Verdict.PARTIAL, f"读到 {self.rows} 件，超过预期的 {expect.max_rows} 件，请核对"
        if self.records >= _ENOUGH_TO_JUDGE and self.bodies < self.records * _BODY_RATE:
            return Verdict.PARTIAL, f"{self.records} 件中只有 {self.bodies} 件有正文，请核对选择器"
        said = [f"{self.rejected} 件读不了，已隔离"] if self.rejected else []
        said += ["列表还有更多页，没有全部翻完"] if self.is_capped else []
        return Verdict.OK, "；".join(said)
