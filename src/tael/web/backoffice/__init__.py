"""The back office: what staff see and do, one file for each business word."""
