"""Corrections that people make on pages: an overlay; the rows of the files stay as they are."""
