"""Keeping house: backup, restore, and whether everything is in order."""
