"""A file of answers people already have, read into checked rows; nothing here touches Flask
or the database. What the columns may be called is documented in docs/import.md.
"""
