"""Migrations of the settlement's tables."""
