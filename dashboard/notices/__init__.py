"""Alerts and digests on their way out: their words, the ways by e-mail and webhook, and who takes them there."""
