"""Files that are offered and not loaded yet: uploads, previews, templates, rejected rows."""
