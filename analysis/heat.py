"""How hot a matter is: one formula, each factor shown with its reason. How its texts sound is not asked."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime

from core.platform_counts import Reach

# What each factor adds at most doubles it, but for the voices themselves.
_REPEATED = 0.2
_PER_CHANNEL = 0.25
_RISK = 0.5
_REACH = 0.2


@dataclass(frozen=True, slots=True)
class Heard:
    """What is counted of a matter in a period.

    Attributes:
        messages: every one, reposts and repeats too.
        voices: different authors; a message without a known author is one of its own.
        channels: different ones.
        risky: messages whose risk is raised or high.
        recent, before: messages in the newer and in the older half of the period.
        reach: what the platforms count of its posts.
    """

    messages: int
    voices: int
    channels: int = 1
    risky: int = 0
    recent: int = 0
    before: int = 0
    reach: Reach = field(default_factory=Reach)


@dataclass(frozen=True, slots=True)
class Heat:
    """A figure to order matters by, and the Chinese sentences that tell how it came about."""

    score: float
    reasons: tuple[str, ...]


def heat_of(heard: Heard) -> Heat:
    """热度 = 声量 × 渠道 × 风险 × 增长 × 传播; 0 without a message.

    声量 (volume) counts each author once and each further message of the same author a fifth. 渠道 (channels)
    adds a quarter for each beyond the first, 风险 (risk) half the share of risky messages, 增长 (growth) the
    share by which the newer half of the period outnumbers the older, at most 1, 传播 (reach) a fifth for each
    power of ten of reposts, comments, likes and hundredths of reads.
    """
    if not heard.messages:
        return Heat(0.0, ())
    volume = heard.voices + _REPEATED * (heard.messages - heard.voices)
    spread = 1 + _PER_CHANNEL * (heard.channels - 1)
    risk = 1 + _RISK * heard.risky / heard.messages
    growth = 1 + min(1.0, max(0.0, (heard.recent - heard.before) / heard.messages))
    reach = 1 + _REACH * math.log10(1 + heard.reach.acts)
    score = round(volume * spread * risk * growth * reach, 2)
    told = [
        f"声量{volume:g}：{heard.messages}条信息，{heard.voices}人。",
        f"渠道×{spread:.2f}：涉及{heard.channels}个渠道。" if heard.channels > 1 else "",
        f"风险×{risk:.2f}：{heard.risky}条有风险提示。" if heard.risky else "",
        f"增长×{growth:.2f}：后半段{heard.recent}条，前半段{heard.before}条。" if growth > 1 else "",
        f"传播×{reach:.2f}：{heard.reach.told}（阅读按百次算一次）。" if heard.reach.acts else "",
    ]
    return Heat(score, tuple(one for one in told if one))


def halves(times: list[datetime]) -> tuple[int, int]:
    """How many of these instants fall into the newer and the older half of their span; 0, 0 for one alone."""
    if len(times) < 2 or times[0] == times[-1]:
        return 0, 0
    middle = min(times) + (max(times) - min(times)) / 2
    recent = sum(at > middle for at in times)
    return recent, len(times) - recent
