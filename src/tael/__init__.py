"""Tael (兩): an open-source funds platform on exact double-entry books in PostgreSQL."""

__version__ = "0.1.0"
