"""Who takes part: customers and their payee accounts, API keys, and the audit trail of privileged acts."""
