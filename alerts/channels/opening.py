"""From a stored channel to one that sends; the test button and real delivery both come through here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic import BaseModel, ValidationError

from alerts.channels import Channel
from alerts.channels.console import ConsoleChannel
from alerts.channels.limits import ChannelLimits, Limited, rate_of
from alerts.channels.robots import PLATFORMS, RobotChannel, RobotSettings
from alerts.channels.sms import SmsChannel, SmsSettings
from alerts.channels.smtp import SmtpChannel, SmtpSettings
from alerts.channels.webhook import WebhookChannel, WebhookSettings
from core.errors import DeliveryError
from core.vocabulary import ChannelKind
from storage import channels
from storage.channels import StoredChannel
from storage.database import Database
from storage.keys import DataKey

# What each kind takes; the console takes nothing.
SETTINGS: Mapping[ChannelKind, type[BaseModel]] = {
    ChannelKind.SMTP: SmtpSettings,
    ChannelKind.WEBHOOK: WebhookSettings,
    ChannelKind.SMS: SmsSettings,
    **dict.fromkeys(PLATFORMS, RobotSettings),
}


def open_channel(stored: StoredChannel, folder: Path, show: Callable[[str], None] | None = None) -> Channel:
    """The channel as its settings say.

    Args:
        folder: the data folder, for the console.
        show: what the console does with each line beside writing it.

    Raises:
        DeliveryError: its settings cannot be used.
    """
    if stored.kind is ChannelKind.CONSOLE:
        return ConsoleChannel(folder, show)
    try:
        settings = SETTINGS[stored.kind].model_validate(dict(stored.settings))
    except ValidationError as error:
        # The first place only: the value itself may be a secret.
        where = ".".join(str(part) for part in error.errors(include_url=False, include_input=False)[0]["loc"])
        raise DeliveryError(
            f"渠道 {stored.key} 的设置有误({where or '整体'})。",
            permanent=True,
            mend="请改正该渠道的设置。",
            code="channel.invalid",
        ) from None
    return _opened(stored.kind, settings)


def _opened(kind: ChannelKind, settings: BaseModel) -> Channel:
    if isinstance(settings, SmtpSettings):
        return SmtpChannel(settings)
    if isinstance(settings, SmsSettings):
        return SmsChannel(settings)
    if isinstance(settings, RobotSettings):
        return RobotChannel(settings, PLATFORMS[kind])
    if isinstance(settings, WebhookSettings):
        return WebhookChannel(settings)
    raise TypeError(f"no channel takes {type(settings).__name__}")


def open_all(
    database: Database,
    key: DataKey,
    folder: Path,
    limits: ChannelLimits,
    show: Callable[[str], None] | None = None,
) -> Mapping[int, Channel | DeliveryError]:
    """Every channel that is switched on, by number, as set now; one with wrong settings as its error."""
    with database.read() as connection:
        stored = channels.stored(connection, key)
    opened: dict[int, Channel | DeliveryError] = {}
    for one in stored:
        if not one.is_enabled:
            continue
        try:
            opened[one.id] = Limited(open_channel(one, folder, show), rate_of(one, limits))
        except DeliveryError as error:
            opened[one.id] = error
    return opened
