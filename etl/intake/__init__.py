"""A load into the records: read, classified, stored, linked, taken back."""
