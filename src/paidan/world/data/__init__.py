"""Packaged tables of the world and the script that makes them (README.md)."""
