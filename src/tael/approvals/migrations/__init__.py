"""Migrations of the approvals' tables."""
