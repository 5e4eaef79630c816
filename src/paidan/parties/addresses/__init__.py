"""Chinese (and, roughly, foreign) addresses: divisions, parsing, region keys, distances."""
