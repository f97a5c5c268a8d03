"""The HTTP door: requests become one domain call each, and its answer or refusal becomes JSON.

Source: architecture, section 5.
"""
