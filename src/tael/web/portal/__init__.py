"""The portal: what customers see and do, one file for each business word."""
