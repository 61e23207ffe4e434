"""Event logs, CSV and XES, to packed events: which column is which, moments of any zone, case by case or mixed."""
