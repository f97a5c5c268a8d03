"""What the bank says: accounts of the house, statements brought in, and their lines."""
