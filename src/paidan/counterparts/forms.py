"""Form bodies (`application/x-www-form-urlencoded`) that may be hostile."""

from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.runtime.forms import read_pairs

FIELDS_MAX = 40


def read_form(body: bytes, size_max: int) -> dict[str, str]:
    """Decoded fields by name. BadInput for too much, broken escapes or UTF-8, or a field given twice."""
    if len(body) > size_max * 3:  # a Chinese character is 3 bytes, escaped 9
        raise BadInput(Reason.BODY_TOO_LARGE)
    try:
        return unique_pairs(body.decode("ascii"), "form")
    except UnicodeDecodeError as error:
        raise BadInput(Reason.ENCODING_WRONG, f"byte {error.start}") from None  # the error itself shows the body


def unique_pairs(text: str, place: str) -> dict[str, str]:
    """Decoded parameters of a query string or form text. BadInput for broken escapes, broken UTF-8 or a parameter given twice."""
    if not text:
        return {}
    try:
        pairs = read_pairs(text, FIELDS_MAX)
    except ValueError:
        raise BadInput(Reason.BODY_UNREADABLE, place) from None  # the error may quote the text
    parameters = dict(pairs)
    if len(parameters) != len(pairs):
        raise BadInput(Reason.FIELD_INVALID, f"{place}: a parameter is given twice")
    return parameters
