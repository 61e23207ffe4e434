"""The office calendar, working time and intervals."""
