"""The SQLite file: notices, readings, changes and jobs' items, and what searches find in them."""
