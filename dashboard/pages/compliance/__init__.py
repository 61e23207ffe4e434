"""Kepatuhan SLA: steps against their Mutu Baku."""
