"""TOP's refusals: code and words as the gateway gives them (developer.alibaba.com document 101617 and the error-code pages)."""

MESSAGES = {
    7: "App Call Limited",
    9: "Http Action Not Allowed",
    11: "Insufficient ISV Permissions",
    12: "Insufficient User Permissions",
    15: "Remote Service Error",
    21: "Missing Method",
    22: "Invalid Method",
    23: "Invalid Format",
    24: "Missing Signature",
    25: "Invalid Signature",
    26: "Missing Session",
    27: "Invalid Session",
    28: "Missing App Key",
    29: "Invalid App Key",
    30: "Missing Timestamp",
    31: "Invalid Timestamp",
    32: "Missing Version",
    33: "Invalid Version",
    34: "Unsupported Version",
    40: "Missing Required Arguments",
    41: "Invalid Arguments",
}


class TopError(Exception):
    """The gateway or a service refuses the call; becomes an `error_response`."""

    def __init__(self, code: int, sub_code: str = "", sub_msg: str = "") -> None:
        super().__init__(f"{code} {sub_code} {sub_msg}")
        self.code = code
        self.sub_code = sub_code
        self.sub_msg = sub_msg

    def body(self, request_id: str) -> dict[str, object]:
        """The envelope."""
        words = {"code": self.code, "msg": MESSAGES[self.code], "sub_code": self.sub_code, "sub_msg": self.sub_msg}
        return {"error_response": {key: value for key, value in words.items() if value != ""} | {"request_id": request_id}}


def missing(name: str) -> TopError:
    """A required argument is absent."""
    return TopError(40, "isv.missing-parameter", f"Missing required arguments:{name}")


def invalid(name: str, why: str = "") -> TopError:
    """An argument has a value the service does not take."""
    return TopError(41, "isv.invalid-parameter", f"Invalid arguments:{name}{': ' + why if why else ''}")


def refused(service: str, code: str, words: str) -> TopError:
    """A service's own refusal, like `isv.logistics-offline-service-error:B04`."""
    return TopError(15, f"isv.{service}:{code}", words)
