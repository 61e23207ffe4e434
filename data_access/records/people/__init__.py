"""Participants, as counts only."""
