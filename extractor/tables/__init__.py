"""A run's notices as tables: which there are, with which columns, and the rows of a notice."""
