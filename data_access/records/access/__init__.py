"""Users, devices, visits, calendar links, audit."""
