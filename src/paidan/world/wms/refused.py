from enum import StrEnum


class Trouble(StrEnum):
    """Codes of refusal. TOP60 is Qimen's for a caller's fault; the S codes are this warehouse system's own, as every product has its own."""

    CALLER_FAULT = "TOP60"
    MISSING = "S001"
    MALFORMED = "S002"
    NOT_FOUND = "S003"
    UNKNOWN_WAREHOUSE = "S004"
    UNKNOWN_OWNER = "S005"
    UNKNOWN_ITEM = "S006"
    UNKNOWN_CARRIER = "S007"
    TOO_LATE = "S008"
    CODE_TAKEN = "S009"


class Refused(Exception):
    """The call is refused without effect. `message` names fields and codes only, never what a field of a person holds; `inner` is further XML."""

    def __init__(self, code: Trouble, message: str, inner: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.inner = inner
