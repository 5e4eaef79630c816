"""Which language an answer speaks: zh unless the caller asks for en first (RFC 9110, 12.5.4)."""

from typing import Final

SPOKEN: Final = ("zh", "en")
HEADER_MAX: Final = 200


def language_of(accept_language: str) -> str:
    """`zh` or `en`: the one of the two with the highest weight, zh on ties and without a wish."""
    weights = dict.fromkeys(SPOKEN, -1.0)
    for part in accept_language[:HEADER_MAX].split(","):
        tag, _, parameters = part.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        for spoken in SPOKEN if language == "*" else (language,):
            if spoken in weights:
                weights[spoken] = max(weights[spoken], _weight(parameters))
    best = max(SPOKEN, key=lambda spoken: weights[spoken])
    return best if weights[best] > 0 else SPOKEN[0]


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
