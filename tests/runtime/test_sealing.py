from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paidan.kernel.errors import SetupError
from paidan.runtime.sealing import HEADER_SIZE, SealBroken, Sealer, load_keyring, make_keyring, new_keyring, rotate

RING = new_keyring()
SEALER = Sealer(RING)


@given(st.binary(max_size=2000), st.text(max_size=40), st.booleans())
def test_what_is_sealed_comes_back_from_its_own_place(plain: bytes, place: str, compress: bool) -> None:  # noqa: FBT001 - a case of the table
    assert SEALER.unseal(SEALER.seal(plain, bound_to=place, compress=compress), bound_to=place) == plain


@given(st.binary(max_size=50), st.text(max_size=20), st.text(max_size=20))
def test_unsealing_elsewhere_fails(plain: bytes, place: str, elsewhere: str) -> None:
    sealed = SEALER.seal(plain, bound_to=place)
    if place != elsewhere:
        with pytest.raises(SealBroken):
            SEALER.unseal(sealed, bound_to=elsewhere)


@given(st.binary(min_size=150, max_size=300), st.integers(min_value=0), st.integers(min_value=1, max_value=255), st.booleans())
def test_any_changed_byte_is_noticed(plain: bytes, at: Any, change: Any, compress: bool) -> None:  # noqa: FBT001 - a case of the table
    sealed = bytearray(SEALER.seal(plain, bound_to="p", compress=compress))
    sealed[at % len(sealed)] ^= change
    with pytest.raises((SealBroken, SetupError)):
        SEALER.unseal(bytes(sealed), bound_to="p")


@pytest.mark.parametrize("cut", [b"", b"\x01", bytes(HEADER_SIZE), bytes(HEADER_SIZE + 12), b"\x07" + bytes(60)])
def test_what_is_no_sealed_blob_is_refused(cut: bytes) -> None:
    with pytest.raises((SealBroken, SetupError)):
        SEALER.unseal(cut, bound_to="p")


def test_another_merchant_can_not_unseal() -> None:
    sealed = Sealer(RING, "a").seal(b"x", bound_to="p")
    with pytest.raises(SealBroken):
        Sealer(RING, "b").unseal(sealed, bound_to="p")


def test_other_processes_unseal_too() -> None:
    assert Sealer(RING).unseal(SEALER.seal(b"x", bound_to="p"), bound_to="p") == b"x"


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert len({SEALER.seal(b"x", bound_to="p") for _ in range(100)}) == 100


def test_digests_differ_by_kind_and_merchant_and_repeat_within() -> None:
    one = Sealer(RING, "a").digest("phone", "13800000000")
    assert len(one) == 16
    assert one == Sealer(RING, "a").digest("phone", "13800000000")
    assert len({one, Sealer(RING, "a").digest("tail", "13800000000"), Sealer(RING, "b").digest("phone", "13800000000")}) == 3


def test_a_rotated_ring_seals_with_the_new_key_and_still_opens_old_blobs(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "keyring.json"
    before = Sealer(make_keyring(file))
    old = before.seal(b"x", bound_to="p")
    after = Sealer(rotate(file))
    new = after.seal(b"x", bound_to="p")
    assert after.unseal(old, bound_to="p") == after.unseal(new, bound_to="p") == b"x"
    assert before.digest("phone", "1") == after.digest("phone", "1")
    with pytest.raises(SetupError, match="lacks key 2"):
        before.unseal(new, bound_to="p")


def test_the_keyring_is_private_and_never_made_twice(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "keyring.json"
    assert make_keyring(file) == make_keyring(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    file.write_text('{"keys": {}')
    with pytest.raises(SetupError, match="backup"):
        load_keyring(file)
