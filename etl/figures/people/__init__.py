"""Participants in a period."""
