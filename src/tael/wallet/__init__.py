"""Wallets (資金賬戶) and the seven operations on them: recharge, deduct, transfer, freeze, unfreeze,
withdraw, exchange.

One file an operation, named as the operation; each moves money by one entry of the ledger.

Source: seed 1; architecture, section 3.
"""
