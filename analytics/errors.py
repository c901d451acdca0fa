"""What can go wrong when figures are handed out. Messages say what was found and what to do next.

AnalyticsError
├── ReleaseRefused           the tables would point at people, alone or beside those released before
│   └── CannotHide           no choice of hidden cells keeps every small count hidden
└── FileRefused              the file cannot be written where it was asked for
"""


class AnalyticsError(Exception):
    """Base of everything this room raises on purpose."""


class ReleaseRefused(AnalyticsError):
    """The tables must not leave the practice; nothing was written."""


class CannotHide(ReleaseRefused):
    """Whatever else is hidden, some small count could be narrowed down."""


class FileRefused(AnalyticsError):
    """The file cannot be written where it was asked for; nothing was changed."""
