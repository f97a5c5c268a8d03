"""Who is at the door: signing in and out on both sites, the second factor, sessions and passwords."""
