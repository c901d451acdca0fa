"""The form for a session, section by section, in the order of a visit."""
