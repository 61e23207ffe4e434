"""Loads, rejects, waiting rows, corrections, cursors."""
