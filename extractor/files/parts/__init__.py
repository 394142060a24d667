"""What several formats need: the account of what is left out, raised characters, numerals, text set apart."""
