"""Approvals (複核): acts that take two people, kept as proposals until a second one decides."""
