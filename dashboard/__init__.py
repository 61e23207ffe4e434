"""What people see: pages, wall, command line."""
