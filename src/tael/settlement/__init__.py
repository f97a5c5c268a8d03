"""Settlement between a platform and its merchants (商戶結算): business records, bills, remittances, payouts."""
