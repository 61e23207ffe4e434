"""Mengapa: any figure taken apart."""
