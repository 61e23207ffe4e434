"""Requests, their step passes and documents."""
