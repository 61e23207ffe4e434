"""Data: files in, their preview, what waits for a person, corrections of rows."""
