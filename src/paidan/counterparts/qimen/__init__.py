"""Qimen (奇门), the XML protocol between an order system and warehouse systems. Way of a call: messages → render → client; reports → door."""
