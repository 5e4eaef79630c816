from collections.abc import Mapping
from hashlib import md5


def sign(secret: str, params: Mapping[str, str], body: bytes) -> str:
    """Qimen signature: UPPER(HEX(MD5(secret + sorted non-empty key-value pairs except `sign` + raw body + secret))), values before URL-encoding."""
    pairs = "".join(f"{key}{value}" for key, value in sorted(params.items()) if value and key != "sign")
    digest = md5(secret.encode(), usedforsecurity=False)
    digest.update(pairs.encode())
    digest.update(body)
    digest.update(secret.encode())
    return digest.hexdigest().upper()
