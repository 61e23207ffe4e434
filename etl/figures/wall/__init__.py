"""What the wall paints."""
