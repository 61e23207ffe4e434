"""Printed reports: a report's document in words, as PDF and as XLSX."""
