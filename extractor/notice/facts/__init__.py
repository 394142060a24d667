"""The facts of a notice: dates, quantities, documents, organisations, fields, and what is judged of its measures."""
