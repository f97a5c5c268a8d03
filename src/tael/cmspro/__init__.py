"""The door of seed 1 (CMSPRO): its calls under its own names, on Tael's books."""
