"""Parts that several formats share: the account of what is left out, raised characters, numerals, text set apart."""
