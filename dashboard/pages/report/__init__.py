"""Laporan: printed reports and their editions."""
