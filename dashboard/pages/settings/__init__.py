"""Pengaturan: what an administrator sets."""
