"""How fast each kind of channel may be used, as data (`rules/delivery/channels.yml`)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import Field, model_validator

from alerts.channels import Channel, Outcome, Payload
from core.rule_files import RuleFileModel, read_rule_file
from core.vocabulary import ChannelKind
from storage.channels import StoredChannel


class Limit(RuleFileModel):
    """At most `count` sends in any `seconds`."""

    count: int = Field(ge=1, le=1000)
    seconds: int = Field(ge=1, le=3600)


class KindLimits(RuleFileModel):
    """The limits of one kind of channel.

    Attributes:
        reserved: of each window, so many sends are kept for the most urgent.
        source: where the platform says so.
    """

    limits: tuple[Limit, ...] = Field(min_length=1)
    reserved: int = Field(0, ge=0)
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _leaves_some(self) -> KindLimits:
        if any(one.count <= self.reserved for one in self.limits):
            raise ValueError("reserved 要小于每一个 count")
        return self


class ChannelLimits(RuleFileModel):
    """The limits of every kind that has any.

    Attributes:
        margin_seconds: added to each window, for what was sent earlier and arrives later.
    """

    margin_seconds: int = Field(ge=0, le=60)
    channels: Mapping[ChannelKind, KindLimits]


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast one credential may be used.

    Attributes:
        limits: count and window.
        reserved: see `KindLimits`.
    """

    credential: str
    limits: tuple[tuple[int, timedelta], ...]
    reserved: int

    def windows(self, *, urgent: bool) -> list[tuple[int, timedelta]]:
        """The limits for a notice; one that is not urgent leaves the reserve alone."""
        kept = 0 if urgent else self.reserved
        return [(count - kept, window) for count, window in self.limits]


@dataclass(frozen=True, slots=True)
class Limited:
    """A channel whose provider counts."""

    channel: Channel
    rate: Rate

    def send(self, payload: Payload) -> Outcome:
        """Try once; whether it may be tried was asked before."""
        return self.channel.send(payload)


def load_limits(folder: Path) -> ChannelLimits:
    """The limits of a rules folder.

    Raises:
        RuleError: the file has not the right shape.
    """
    return read_rule_file(folder / "delivery" / "channels.yml", ChannelLimits)


def rate_of(stored: StoredChannel, limits: ChannelLimits) -> Rate:
    """The rate of a channel; channels with the same robot or account share one credential."""
    kind = limits.channels.get(stored.kind)
    windows = kind.limits if kind else ()
    margin = timedelta(seconds=limits.margin_seconds)
    return Rate(
        credential_of(stored),
        tuple((one.count, timedelta(seconds=one.seconds) + margin) for one in windows),
        kind.reserved if kind else 0,
    )


def credential_of(stored: StoredChannel) -> str:
    """A hash of what the provider counts by; tells nothing of the secrets in it."""
    place = [str(stored.settings.get(name, "")) for name in ("url", "host", "port", "login")]
    return hashlib.sha256("|".join([stored.kind.value, *place]).encode()).hexdigest()
