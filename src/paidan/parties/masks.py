"""What lists, logs and print-outs may show of a person. Pure."""

HIDDEN = "*"
HIDDEN_DIGITS = 6  # the rule of the trade: a phone never shows more than its length less these


def mask_name(name: str) -> str:
    """The first character, the rest hidden: 张** ; one character alone is hidden; a name that comes masked stays as it is."""
    clean = name.strip()
    if HIDDEN in clean or not clean:
        return clean
    return clean[0] + HIDDEN * min(len(clean) - 1, 2) if len(clean) > 1 else HIDDEN


def mask_phone(phone: str) -> str:
    """At least six places hidden: 138******34, also of a number that comes with fewer masked; short numbers are hidden whole."""
    clean = phone.strip()
    if clean.count(HIDDEN) >= HIDDEN_DIGITS:
        return clean
    shown = len(clean) - HIDDEN_DIGITS
    if shown < 3:  # noqa: PLR2004 - fewer than three digits left tell nothing and would only help guessing
        return HIDDEN * len(clean)
    tail = min(2, shown - 1)
    head = min(shown - tail, 3)
    return clean[:head] + HIDDEN * (len(clean) - head - tail) + clean[-tail:]


def digits_of(phone: str) -> str:
    """The digits of a phone number, for digests: +86 and blanks make no difference."""
    digits = phone if phone.isdigit() else "".join(filter(str.isdigit, phone))
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits  # noqa: PLR2004 - 86 and eleven digits
