"""Health screening as aggregates."""
