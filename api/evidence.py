"""The copy that comes with a reply or a statement, kept before the transaction that records it."""

from __future__ import annotations

from alerts.evidence import fetch_copy, keep_upload
from alerts.workflow import move_for
from api.commands import Sent
from api.schemas.handling import CopyIn
from api.visible import get_visible_case
from core.vocabulary import CaseKind, CaseState, Command
from storage.saved_copies import SavedCopy

# The largest upload in base64, with the object around it.
UPLOAD_BYTES = 28_000_000


def kept_copy(
    sent: Sent, case_id: int, command: Command, upload: CopyIn | None, url: str = ""
) -> SavedCopy | None:
    """The uploaded copy, else the page behind `url`; None where there is neither.

    Raises:
        NotFound, NotAllowed, Conflict: the sender may not give the command; nothing is fetched or kept.
        InvalidInput: the copy or the page cannot be used.
    """
    if upload is None and not url:
        return None
    services = sent.services
    with services.database.read() as connection:
        case = get_visible_case(connection, case_id, sent.sees_only)
        move_for(CaseKind(case["kind"]), CaseState(case["state"]), command, sent.actor)
    now, bounds = services.clock.now(), services.evidence
    if upload is None:
        return fetch_copy(url, services.data_dir, now, bounds)
    return keep_upload(
        upload.content, upload.media_type, services.data_dir, now, size_bytes=bounds.size_bytes
    )
