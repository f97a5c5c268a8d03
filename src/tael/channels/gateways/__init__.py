"""Payment gateways: one interface, one adapter a file."""
