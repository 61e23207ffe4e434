"""From bytes to a grid of raw cells."""
