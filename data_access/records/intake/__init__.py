"""Loads, rejects, waiting rows, corrections, sources."""
