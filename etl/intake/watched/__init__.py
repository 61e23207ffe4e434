"""What is loaded by itself: the inbox and database sources."""
