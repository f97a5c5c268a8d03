"""Statements and lists as files to keep: csv, xlsx and PDF, from the same queries as the pages."""
