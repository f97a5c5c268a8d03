"""Business records (業務收支): told one by one, in batches or in files, confirmed, failed and reversed."""
