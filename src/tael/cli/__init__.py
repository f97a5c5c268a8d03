"""The command `tael`: one file for each noun, all of them translating to one domain call."""
