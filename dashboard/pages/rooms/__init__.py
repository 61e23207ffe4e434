"""Ruang: how rooms are used and booked."""
