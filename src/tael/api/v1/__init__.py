"""Version 1 of the HTTP API: one file for each noun.

Source: architecture, section 5.
"""
