"""From the office's files to judged figures: extract, validate, load, judge."""
