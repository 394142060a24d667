"""Review: people's changes to a record, and the record that results; without files, pages or a database."""
