"""What one side says that it paid and the other confirms, what is collected, and what is put right."""
