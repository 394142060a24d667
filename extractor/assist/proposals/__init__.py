"""A model as a reviewer: what its answers propose about a record, whose value is kept, and the record put together."""
