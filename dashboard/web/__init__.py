"""The Flask and Dash shell: app, server, router, error pages, metrics. It alone knows all pages."""
