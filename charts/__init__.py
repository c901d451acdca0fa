"""Charts: a documented table in, a chart model out; one renderer per surface draws it."""
