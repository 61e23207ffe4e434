"""A printed report as one document, and how it differs from a published one."""
