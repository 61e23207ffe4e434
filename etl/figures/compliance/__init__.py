"""Compliance with the Mutu Baku in a period."""
