"""Numbers of the counterparts, made from what they belong to: the same in every run and in every process."""

from hashlib import blake2b


def number_from(*words: object, digits: int = 18) -> int:
    """A number that belongs to these words, of exactly that many digits."""
    whole = int.from_bytes(blake2b("\x1f".join(map(str, words)).encode(), digest_size=8).digest(), "big")
    least: int = 10 ** (digits - 1)
    return least + whole % (9 * least)
