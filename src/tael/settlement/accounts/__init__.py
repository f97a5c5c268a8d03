"""Merchant accounts: what they are agreed on, what stands on them, and the days they count in."""
