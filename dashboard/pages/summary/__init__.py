"""Ringkasan: the day at a desk."""
