"""Over which channels (渠道) money comes and goes, in which currencies and at which rates."""
