"""Sealing what is personal: AES-256-GCM, bound to its place, keys outside the database (architecture.md 5).

A sealed blob: form (1 byte: 1 plain, 2 zstd) · key number (2) · salt (16) · nonce (12) · ciphertext and tag.
Each process draws a salt and seals under a key derived from it, so that random nonces never come near their limit of 2^32 per key
(NIST SP 800-38D, 8.3). What is authenticated with it: the header, the merchant and `bound_to`.
"""

import base64
import hmac
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from threading import local
from typing import Final

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from paidan.kernel.errors import PaidanError, SetupError

PLAIN: Final = 1
ZSTD: Final = 2
SALT_SIZE: Final = 16
NONCE_SIZE: Final = 12
HEADER_SIZE: Final = 3 + SALT_SIZE
KEY_SIZE: Final = 32
DIGEST_SIZE: Final = 16
COMPRESS_FROM: Final = 128  # bytes; shorter bodies do not shrink

_compressors = local()  # a compressor or decompressor serves one thread at a time


class SealBroken(PaidanError):
    """The blob was changed, cut, or belongs to another place than the one it was read from."""


class Keyring(Struct, frozen=True, kw_only=True):
    """All keys of an installation. The highest number seals, all of them unseal; `digest_key` and `pepper` never change."""

    keys_by_no: Mapping[int, bytes]
    digest_key: bytes
    pepper: bytes

    @property
    def newest(self) -> int:
        """Number of the key that seals."""
        return max(self.keys_by_no)


def new_keyring() -> Keyring:
    """A keyring with one fresh key."""
    return Keyring(keys_by_no={1: secrets.token_bytes(KEY_SIZE)}, digest_key=secrets.token_bytes(KEY_SIZE), pepper=secrets.token_bytes(KEY_SIZE))


def load_keyring(file: Path) -> Keyring:
    """Read the keyring. Raises SetupError when it is missing or unreadable: making a new one would lose what is sealed already."""
    try:
        found = json.loads(file.read_text())
        keys = {int(number): base64.b64decode(key) for number, key in found["keys"].items()}
        return Keyring(keys_by_no=keys, digest_key=base64.b64decode(found["digest_key"]), pepper=base64.b64decode(found["pepper"]))
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise SetupError(f"the keyring {file} cannot be read: restore it from your backup; without it sealed data stays sealed") from error


def make_keyring(file: Path) -> Keyring:
    """Read the keyring, or make one at the first start of an installation."""
    if not file.exists():
        _write(file, new_keyring())
    return load_keyring(file)


def rotate(file: Path) -> Keyring:
    """Add a key, which seals from now on; the older ones stay to unseal."""
    old = load_keyring(file)
    grown = Keyring(keys_by_no={**old.keys_by_no, old.newest + 1: secrets.token_bytes(KEY_SIZE)}, digest_key=old.digest_key, pepper=old.pepper)
    _write(file, grown)
    return grown


class Sealer:
    """Seals and unseals for one merchant. Threads may share it."""

    def __init__(self, keyring: Keyring, merchant: str = "default") -> None:
        self.keyring = keyring
        self._merchant = merchant
        salt = secrets.token_bytes(SALT_SIZE)
        self._number = keyring.newest.to_bytes(2, "big")
        self._salt = salt
        self._cipher = _derived(keyring.keys_by_no[keyring.newest], salt)
        self._digests_begun: dict[str, blake2b] = {}  # the key is in; a copy of it goes on with the text

    def seal(self, plain: bytes, *, bound_to: str, compress: bool = False) -> bytes:
        """Seal `plain` for the place `bound_to` (table/row/column); unsealing elsewhere fails. `compress` for bodies of some length."""
        form = PLAIN
        if compress and len(plain) >= COMPRESS_FROM:
            form, plain = ZSTD, _compressor().compress(plain)
        header = bytes((form,)) + self._number + self._salt
        nonce = os.urandom(NONCE_SIZE)
        return header + nonce + self._cipher.encrypt(nonce, plain, self._bond(header, bound_to))

    def unseal(self, sealed: bytes, *, bound_to: str) -> bytes:
        """Open what was sealed for `bound_to`. Raises SealBroken for any other blob or place, SetupError for a key the ring lacks."""
        header, nonce = sealed[:HEADER_SIZE], sealed[HEADER_SIZE : HEADER_SIZE + NONCE_SIZE]
        if len(nonce) != NONCE_SIZE or header[0] not in {PLAIN, ZSTD}:
            raise SealBroken(f"not a sealed blob: {bound_to}")
        cipher = _derived(self._key(int.from_bytes(header[1:3], "big")), header[3:])
        try:
            plain = cipher.decrypt(nonce, sealed[HEADER_SIZE + NONCE_SIZE :], self._bond(header, bound_to))
        except InvalidTag as error:
            raise SealBroken(f"changed, or from another place: {bound_to}") from error
        return plain if header[0] == PLAIN else _decompressor().decompress(plain)

    def digest(self, kind: str, text: str) -> bytes:
        """16 bytes that stand for `text` in searches: keyed, and different for each kind and merchant."""
        begun = self._digests_begun.get(kind)
        if begun is None:
            key = blake2b(f"{self._merchant}\0{kind}".encode(), key=self.keyring.digest_key, digest_size=KEY_SIZE).digest()
            begun = self._digests_begun[kind] = blake2b(key=key, digest_size=DIGEST_SIZE)
        digest = begun.copy()
        digest.update(text.encode())
        return digest.digest()

    def pepper_digest(self, secret: str) -> bytes:
        """HMAC-SHA-256 with the installation's pepper: how API keys are kept."""
        return hmac.digest(self.keyring.pepper, secret.encode(), "sha256")

    def _bond(self, header: bytes, bound_to: str) -> bytes:
        return header + f"{self._merchant}\0{bound_to}".encode()

    def _key(self, number: int) -> bytes:
        try:
            return self.keyring.keys_by_no[number]
        except KeyError:
            raise SetupError(f"the keyring lacks key {number}: restore it from your backup") from None


@lru_cache(maxsize=4096)
def _derived(key: bytes, salt: bytes) -> AESGCM:
    """The cipher of one process's salt (HKDF, RFC 5869). Kept: rows read together mostly share it."""
    return AESGCM(HKDF(algorithm=SHA256(), length=KEY_SIZE, salt=salt, info=b"paidan seal").derive(key))


def _compressor() -> zstandard.ZstdCompressor:
    if not hasattr(_compressors, "one"):
        _compressors.one = zstandard.ZstdCompressor(level=1)
    compressor: zstandard.ZstdCompressor = _compressors.one
    return compressor


def _decompressor() -> zstandard.ZstdDecompressor:
    if not hasattr(_compressors, "other"):
        _compressors.other = zstandard.ZstdDecompressor()
    decompressor: zstandard.ZstdDecompressor = _compressors.other
    return decompressor


def _write(file: Path, keyring: Keyring) -> None:
    """Write whole or not at all: a keyring cut short would lose everything sealed."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = {
        "keys": {str(number): base64.b64encode(key).decode() for number, key in keyring.keys_by_no.items()},
        "digest_key": base64.b64encode(keyring.digest_key).decode(),
        "pepper": base64.b64encode(keyring.pepper).decode(),
    }
    # mkstemp makes it 0600.
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".keyring-")
    with os.fdopen(handle, "w") as new:
        json.dump(text, new)
        new.flush()
        os.fsync(new.fileno())
    Path(name).replace(file)
