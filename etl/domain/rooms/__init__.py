"""Room use: hours, bookings, figures."""
