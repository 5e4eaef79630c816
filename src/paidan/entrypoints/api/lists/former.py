"""Questions as they were asked once, in saved views and kept addresses: understood for ever.

Until the flags got their five colours they were the numbers 0 to 9, and were asked about as numbers are.
"""

from typing import Final

FLAGS_ONCE: Final = range(10)


def as_asked_now(text: str) -> str:
    """The filter as it is asked today; any other as it is. `flag:at_least:8` is `flag:is:8|9`."""
    name, _, rest = text.partition(":")
    op, _, told = rest.partition(":")
    if name != "flag" or op not in {"at_least", "at_most", "between"}:
        return text
    try:
        numbers = [int(one) for one in told.split("|")]
    except ValueError:
        return text
    if len(numbers) != (2 if op == "between" else 1):
        return text
    low, high = numbers[0] if op != "at_most" else 0, numbers[-1] if op != "at_least" else FLAGS_ONCE[-1]
    wanted = [str(flag) for flag in FLAGS_ONCE if low <= flag <= high]
    # What found nothing goes on finding nothing.
    return f"flag:is:{'|'.join(wanted)}" if wanted else f"flag:not:{'|'.join(map(str, FLAGS_ONCE))}"
