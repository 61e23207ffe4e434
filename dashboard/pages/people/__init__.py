"""Peserta: planned, verified, present, screened."""
