"""From a stored channel to one that sends; the test button and real delivery both come through here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from alerts.channels import Channel
from alerts.channels.console import ConsoleChannel
from alerts.channels.smtp import SmtpChannel, SmtpSettings
from alerts.channels.webhook import WebhookChannel, WebhookSettings
from core.errors import DeliveryError
from core.vocabulary import ChannelKind
from storage.channels import StoredChannel


def open_channel(stored: StoredChannel, folder: Path, show: Callable[[str], None] | None = None) -> Channel:
    """The channel as its settings say.

    Args:
        folder: the data folder, for the console.
        show: what the console does with each line beside writing it.

    Raises:
        DeliveryError: its settings cannot be used.
    """
    try:
        if stored.kind is ChannelKind.CONSOLE:
            return ConsoleChannel(folder, show)
        if stored.kind is ChannelKind.SMTP:
            return SmtpChannel(SmtpSettings.model_validate(dict(stored.settings)))
        return WebhookChannel(WebhookSettings.model_validate(dict(stored.settings)))
    except ValidationError as error:
        # The first place only: the value itself may be a secret.
        where = ".".join(str(part) for part in error.errors(include_url=False, include_input=False)[0]["loc"])
        raise DeliveryError(
            f"渠道 {stored.key} 的设置有误({where or '整体'})。",
            permanent=True,
            mend="请改正该渠道的设置。",
            code="channel.invalid",
        ) from None
