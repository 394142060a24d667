"""Review: what people say of a record, kept as changes beside it; no file, no page and no database is known here."""
