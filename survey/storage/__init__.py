"""The rows: one file per noun, its table and its queries, the session first."""
