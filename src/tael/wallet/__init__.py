"""Wallets (資金賬戶) and the seven operations on them.

Recharge, deduct, transfer, freeze, unfreeze, withdraw, exchange: one file each, of that name; each moves money by one entry of the ledger.

Source: seed 1; architecture, section 3.
"""
