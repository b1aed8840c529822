"""Which grade is suggested for a matter: by size, growth, risk, channels, reach, and the nearest deadline.

Pure. A person grades. How the texts sound is not among the circumstances.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import Field

from core.rule_files import RuleFileModel
from core.vocabulary import Level


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of a matter when a grade is suggested.

    Attributes:
        recent, before: messages within the window before now, and within the one before that.
        total: all of them.
        risks: levels of risk among the recent ones.
        channels: different ones.
        reach: reposts, comments, likes and hundredths of reads.
        due_in_hours: until its nearest running deadline; negative when overdue, None for none.
        is_slow_burn: it has gone on for weeks.
    """

    recent: int
    total: int = 0
    before: int = 0
    risks: frozenset[str] = frozenset()
    channels: int = 1
    reach: int = 0
    due_in_hours: float | None = None
    is_slow_burn: bool = False


class GradeRule(RuleFileModel):
    """One line of `suggested_levels`: it fits where everything it names is reached.

    Attributes:
        messages: within the window before now; `total`: ever.
        growth: times the window before.
        due_within_hours: of the nearest deadline.
    """

    level: Level
    messages: int = Field(0, ge=0)
    total: int = Field(0, ge=0)
    risk: str | None = None
    growth: float = Field(0, ge=0)
    channels: int = Field(1, ge=1)
    reach: int = Field(0, ge=0)
    due_within_hours: float | None = None
    slow_burn: bool = False
    why: str = Field(min_length=1)

    def fits(self, given: Circumstances) -> bool:
        """Whether everything this line names is reached."""
        due = self.due_within_hours
        return (
            given.recent >= self.messages
            and given.total >= self.total
            and (self.risk is None or self.risk in given.risks)
            and given.recent >= self.growth * given.before
            and given.channels >= self.channels
            and given.reach >= self.reach
            and (due is None or (given.due_in_hours is not None and given.due_in_hours <= due))
            and (not self.slow_burn or given.is_slow_burn)
        )


def suggested(given: Circumstances, rules: Sequence[GradeRule]) -> tuple[Level | None, tuple[str, ...]]:
    """The level of the first rule that fits, with its reason in Chinese; None where none does."""
    found = next((one for one in rules if one.fits(given)), None)
    if found is None:
        return None, ()
    return found.level, (f"建议等级的依据：{found.why}({'，'.join(_told(given))})。",)


def _told(given: Circumstances) -> list[str]:
    told = [f"一日内{given.recent}条"]
    if given.total > given.recent:
        told.append(f"累计{given.total}条")
    if given.before:
        told.append(f"前一日{given.before}条")
    if given.channels > 1:
        told.append(f"{given.channels}个渠道")
    if given.reach:
        told.append(f"转评赞共{given.reach}次")
    if given.due_in_hours is not None:
        hours = given.due_in_hours
        told.append("有时限已超期" if hours < 0 else f"最近的时限还有{hours:.0f}小时")
    return told
