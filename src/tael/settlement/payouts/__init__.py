"""Withdrawals of merchants: by hand and by rule, in batches, out to the finance desk and back."""
