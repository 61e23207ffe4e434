"""Permohonan: the list of requests, and one request whole."""
