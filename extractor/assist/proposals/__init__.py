"""The model as a reviewer: proposals about a record, the table that decides them, and the record put together."""
