"""PostgreSQL for Tael: its own server on a laptop, the operator's in production, one way to both."""
