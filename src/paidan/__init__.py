"""Paidan (派单): from the paid order to the parcel at the door. Start reading in `pipeline.py`."""

__version__ = "0.1.0"
