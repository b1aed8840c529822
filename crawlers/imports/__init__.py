"""Exported files in, masked records out, stored batch by batch."""
