"""The back office's pages of the settlement with merchants, one module for each noun."""
