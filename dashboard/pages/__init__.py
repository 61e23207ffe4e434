"""The desk pages, a package an area."""
