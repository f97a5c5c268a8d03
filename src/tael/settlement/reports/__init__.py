"""Period reports: opening, what came and went, closing."""
