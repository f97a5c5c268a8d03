"""Assurance (對賬與審計): proof that the books are right, for us and for somebody outside.

`doctor` proves a database, `export` hands the journal to other programs, `verify` proves an export
without any database, `documents` writes the parts of the documentation that the code knows.
"""
