"""Electronic mail, through the office's own server."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from alerts.channels import Outcome, Payload
from core.vocabulary import DeliveryOutcome

_SECONDS = 8.0


class SmtpSettings(BaseModel):
    """Where the server is and how to sign in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(min_length=1)
    port: int = Field(25, ge=1, le=65535)
    starttls: bool = False
    login: str | None = None
    password: SecretStr | None = None
    sender: str = Field(min_length=3)


class SmtpChannel:
    """Sends one mail per notice; the notice's key is the `Message-ID`, so a repetition is one mail to a
    reader's program.
    """

    def __init__(self, settings: SmtpSettings, seconds: float = _SECONDS) -> None:
        self._settings = settings
        self._seconds = seconds

    def send(self, payload: Payload) -> Outcome:
        """Hand the mail over; what breaks off after the text was sent is ambiguous."""
        try:
            server = smtplib.SMTP(self._settings.host, self._settings.port, timeout=self._seconds)
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(DeliveryOutcome.TEMPORARY, f"连不上邮件服务器({type(error).__name__})")
        try:
            refused = self._sign_in(server)
            return refused or self._hand_over(server, payload)
        finally:
            server.close()

    def _sign_in(self, server: smtplib.SMTP) -> Outcome | None:
        given = self._settings
        try:
            if given.starttls:
                server.starttls(context=ssl.create_default_context())
            if given.login is not None and given.password is not None:
                server.login(given.login, given.password.get_secret_value())
        except smtplib.SMTPAuthenticationError as error:
            return Outcome(DeliveryOutcome.PERMANENT, f"邮件服务器拒绝登录({error.smtp_code})")
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(DeliveryOutcome.TEMPORARY, f"邮件服务器握手失败({type(error).__name__})")
        return None

    def _hand_over(self, server: smtplib.SMTP, payload: Payload) -> Outcome:
        mail = self._mail(payload)
        try:
            server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            code = max((code for code, _ in error.recipients.values()), default=0)
            return _by_code(code, "收件地址被拒绝")
        except smtplib.SMTPResponseException as error:
            return _by_code(error.smtp_code, "邮件被拒绝")
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(DeliveryOutcome.AMBIGUOUS, f"发送途中断开({type(error).__name__})")
        return Outcome(DeliveryOutcome.ACCEPTED, provider_id=str(mail["Message-ID"]))

    def _mail(self, payload: Payload) -> EmailMessage:
        mail = EmailMessage(policy=SMTP)
        domain = self._settings.sender.rpartition("@")[2]
        mail["Message-ID"] = f"<{payload.key}@{domain}>"
        mail["From"] = self._settings.sender
        mail["To"] = payload.address
        mail["Subject"] = payload.subject
        mail["Date"] = payload.at
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(payload.body)
        for one in payload.attachments:
            kind, _, subtype = one.media_type.partition("/")
            mail.add_attachment(one.content, maintype=kind, subtype=subtype, filename=one.name)
        return mail


def _by_code(code: int, what: str) -> Outcome:
    """4xx asks to try again, 5xx says never. Source: RFC 5321 section 4.2.1."""
    kind = DeliveryOutcome.TEMPORARY if 400 <= code < 500 else DeliveryOutcome.PERMANENT
    return Outcome(kind, f"{what}({code})")
