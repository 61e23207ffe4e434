"""Condition of rooms, faults and consumables."""
