"""Hài Lòng: what citizens say about the counter that served them."""
