"""Settings, SOP versions, published reports."""
