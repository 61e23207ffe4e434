"""Room use in a period and today."""
