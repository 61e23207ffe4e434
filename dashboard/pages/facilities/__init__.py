"""Sarpras: in what condition rooms are, and what is being done about faults."""
