"""The SOP as data: its file, its steps, its versions."""
