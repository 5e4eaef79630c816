"""Warehouses, carriers and other counterparts: their codecs, signatures and clients. No business words of ours, no database."""
