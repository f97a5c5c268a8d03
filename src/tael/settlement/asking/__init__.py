"""Asking another system over HTTP: signed, bounded, and never at an address inside the house."""
