"""The pages: what people see of their wallets, rendered here and working without a script."""
