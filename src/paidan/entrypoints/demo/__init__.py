"""The demo: one command trades a real day against the whole simulated world, and compares the books of all sides at the end."""
