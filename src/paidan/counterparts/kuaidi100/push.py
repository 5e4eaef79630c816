"""The receiving side: one push of kuaidi100, checked and read. Pure: the caller keeps the bytes first, then asks here."""

import msgspec

from paidan.counterparts.forms import read_form
from paidan.counterparts.kuaidi100.sign import verify_push
from paidan.counterparts.kuaidi100.tracking import TrackingUpdate, read_track
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason, words
from paidan.runtime.strict_json import SIZE_MAX, object_of, read_object, text_of

STATUSES = frozenset({"polling", "shutdown", "abort", "updateall"})


def receive_push(salt: str, body: bytes, size_max: int = SIZE_MAX) -> TrackingUpdate:
    """The track in a push (form: `param`, `sign`), verified over the received `param` text. BadInput otherwise.

    `salt` is the one given when subscribing; without one nothing is believed.
    """
    form = read_form(body, size_max)
    param = form.get("param", "")
    if not param:
        raise BadInput(Reason.FIELD_MISSING, "param")
    verify_push(param, salt, form.get("sign", ""))
    return read_param(param, size_max)


def read_param(param: str, size_max: int = SIZE_MAX) -> TrackingUpdate:
    """The track in the `param` text of a push: shutdown means finished, abort means given up."""
    found = read_object(param, size_max)
    status = text_of(found, "status")
    if status not in STATUSES:
        raise BadInput(Reason.FIELD_INVALID if status else Reason.FIELD_MISSING, "status")
    is_aborted = status == "abort"
    track = read_track(object_of(found, "lastResult"))
    abort_text = text_of(found, "message") if is_aborted else ""
    return msgspec.structs.replace(track, is_finished=status == "shutdown", is_aborted=is_aborted, abort_text=abort_text)


def reply_success() -> bytes:
    """Says "kept": also for a repeat. Anything else makes kuaidi100 send it three times more, 35 minutes apart."""
    return '{"result":true,"returnCode":"200","message":"成功"}'.encode()


def reply_failure(reason: Reason) -> bytes:
    """The refusal of a push."""
    return msgspec.json.encode({"result": False, "returnCode": "500", "message": words(reason)})
