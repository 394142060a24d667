"""Spreadsheets as text: the formats' cells as displayed, and the ledger that is found among them."""
