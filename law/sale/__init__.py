"""Costs, duties and papers of a sale and of the transfer of a title."""
