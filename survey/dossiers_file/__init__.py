"""A dossier system's list of returned dossiers, or how many there were, read into checked rows.

Nothing here touches Flask or the database. What columns may be called: docs/dossiers.md.
"""
