"""Notices as files for other programs: one module a format, each of which takes rows as they come."""
