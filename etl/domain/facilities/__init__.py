"""Condition of rooms and their faults."""
