"""Keys of the simulated provider, and tokens signed with them: JWS compact serialisation (RFC 7515) by hand, over `cryptography` alone."""

import base64
import hmac
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import Struct

HALF: Final = 32  # bytes of each half of an ES256 signature (RFC 7518, 3.4)


class SigningKey(Struct, frozen=True):
    """A key with its number; RSA signs RS256, P-256 signs ES256."""

    kid: str
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

    @property
    def algorithm(self) -> str:
        """How it signs."""
        return "RS256" if isinstance(self.private, rsa.RSAPrivateKey) else "ES256"

    @property
    def public_pem(self) -> bytes:
        """Its public half as PEM: what a verifier that mixes up algorithms might take for a shared secret."""
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def published(self) -> dict[str, str]:
        """Its public half as a JWK (RFC 7517)."""
        told = {"kid": self.kid, "use": "sig", "alg": self.algorithm}
        if isinstance(self.private, rsa.RSAPrivateKey):
            numbers = self.private.public_key().public_numbers()
            return told | {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}
        point = self.private.public_key().public_numbers()
        return told | {"kty": "EC", "crv": "P-256", "x": _b64(point.x.to_bytes(HALF)), "y": _b64(point.y.to_bytes(HALF))}

    def sign(self, data: bytes) -> bytes:
        """The signature over these bytes."""
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(data, padding.PKCS1v15(), SHA256())
        r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(SHA256())))
        return r.to_bytes(HALF) + s.to_bytes(HALF)


def make_rsa_key(kid: str, bits: int = 2048) -> SigningKey:
    """A fresh RSA key."""
    return SigningKey(kid, rsa.generate_private_key(public_exponent=65537, key_size=bits))


def make_ec_key(kid: str) -> SigningKey:
    """A fresh key on P-256."""
    return SigningKey(kid, ec.generate_private_key(ec.SECP256R1()))


def signed(key: SigningKey, claims: Mapping[str, Any], header: Mapping[str, Any] | None = None) -> str:
    """A token of these claims; `header` adds to its head or takes the place of what would stand there (None: left out)."""
    head = {"alg": key.algorithm, "typ": "JWT", "kid": key.kid, **(header or {})}
    return _token(head, claims, key.sign)


def unsigned(claims: Mapping[str, Any]) -> str:
    """A token that says of itself that it needs no signature (RFC 7519, 6)."""
    return _token({"alg": "none"}, claims, lambda _: b"")


def signed_by_secret(secret: bytes, claims: Mapping[str, Any], kid: str) -> str:
    """A token signed HS256 with something that is no secret at all, or one that is not meant for this."""
    return _token({"alg": "HS256", "kid": kid}, claims, lambda data: hmac.digest(secret, data, sha256))


def _token(head: Mapping[str, Any], claims: Mapping[str, Any], sign: Any) -> str:
    said = {name: value for name, value in head.items() if value is not None}
    data = f"{_b64(json.dumps(said).encode())}.{_b64(json.dumps(claims).encode())}"
    return f"{data}.{_b64(sign(data.encode()))}"


def _number(number: int) -> str:
    return _b64(number.to_bytes((number.bit_length() + 7) // 8))


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
