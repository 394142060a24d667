"""Notices as files for other programs: a module for each format, which writes rows as they come."""
