"""The handbook of the office, as it stands in docs/panduan."""
