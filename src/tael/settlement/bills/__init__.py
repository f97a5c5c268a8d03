"""Bills: runs by period, their lines, what they post, and the reserve they keep back."""
