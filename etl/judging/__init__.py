"""From the records to judged facts, and from these to the published mart."""
