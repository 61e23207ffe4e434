"""SOP: its text, versions and targets."""
