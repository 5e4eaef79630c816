"""Signatures of the Taobao open platform. Source: developer.alibaba.com, document 101617.

Σ is key‖value over all parameters but `sign`, sorted by key, decoded values. md5: UPPER(HEX(MD5(secret‖Σ‖secret))); hmac and hmac-sha256:
UPPER(HEX(HMAC(secret, Σ))). Where a call has a body beside its parameters (the batch gateway), Σ ends with that body.
"""

import hashlib
import hmac
from collections.abc import Mapping


def sign(secret: str, parameters: Mapping[str, str], body: bytes = b"") -> str:
    """The signature of a call, upper-case hex; `parameters["sign_method"]` says how. Raises ValueError for a method the platform does not know."""
    text = "".join([f"{key}{parameters[key]}" for key in sorted(parameters) if key != "sign"]).encode() + body
    key = secret.encode()
    method = parameters["sign_method"]
    if method == "md5":
        return hashlib.md5(b"".join((key, text, key)), usedforsecurity=False).hexdigest().upper()
    if method == "hmac":
        return hmac.new(key, text, "md5").hexdigest().upper()
    if method == "hmac-sha256":
        return hmac.new(key, text, "sha256").hexdigest().upper()
    raise ValueError("unknown sign_method")
