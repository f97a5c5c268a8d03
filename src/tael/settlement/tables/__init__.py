"""The tables of the settlement, a file for each part."""
