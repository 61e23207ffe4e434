"""What waits for a person on the page Data, and how fresh the data is."""
