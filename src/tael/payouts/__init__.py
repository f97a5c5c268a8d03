"""Payouts: money on its way out of the site, with the people who let it go.

Source: seed 1, reviewed withdrawal (審核提現); architecture, section 1.
"""
