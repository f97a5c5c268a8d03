"""The look: what the pages of both sites share, decided once."""
