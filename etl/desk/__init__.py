"""What people do on screens: stamps, reports, sessions, counts, edits."""
