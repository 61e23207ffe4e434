"""Ringkasan: the day at a desk, the figures of those who lead, where letters are now."""
