"""How fast the books are (`tael bench`): every figure beside a yardstick taken in the same run.

Absolute figures belong to one machine and one hour; the ratios to what the same database does without the
ledger's rules, and to what a developer would have written instead, travel.

Source: issue 2, section 6; performance, sections 4, 9 and 10.
"""
