"""Room sessions, checks, condition reports."""
