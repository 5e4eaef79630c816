"""Printing beside the path: load what a batch of fulfilments is → lay it out (pure) → render PDF or ZPL → count and log it."""
