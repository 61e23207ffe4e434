"""Requests: the list, one request whole, its documents and standing."""
