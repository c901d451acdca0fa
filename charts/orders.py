"""Visits used of those ordered."""

from dataclasses import replace
from datetime import date

import pandas as pd

from charts.model import (
    Axis,
    Bar,
    Chart,
    Column,
    Panel,
    TableTwin,
)
from charts.words import counted, dated, day

BOXES = 20  # ordered visits that can be told one by one


def orders(
    ordered: int | None, used: int, expires_on: date | None, today: date, under_earlier: int = 0, under_none: int = 0
) -> Chart:
    """Visits used of those ordered: a box each up to 20, above that a bar; visits beyond the order are hatched.

    Parameters
    ----------
    ordered : int or None
        Visits the order allows; None when there is no order or it names no number.
    used : int
        Kept visits charged to the order.
    expires_on : date or None
        An order that has ended has no visits left, however many were not used.
    today : date
    under_earlier, under_none : int
        Kept visits of the episode charged to the orders before it, and under no order: before one began, or after it
        ended.

    Returns
    -------
    Chart
        Without a number ordered it has no panels, only words.
    """
    known = ordered is not None and not pd.isna(ordered) and ordered > 0
    last_day = day(expires_on)
    ended = last_day is not None and last_day < today
    until = "" if last_day is None else f"; the order {'ended' if ended else 'ends'} {dated(last_day)}"
    for visits, where in ((under_earlier, "under earlier orders"), (under_none, "under no order")):
        if visits and ordered is not None:
            until += f"; {counted(visits, 'visit')} {where}"
    if not known:
        heading = "No number of visits was ordered"
        reading = f"{counted(used, 'visit')} used; no number of visits was ordered{until}."
    else:
        over = used - ordered
        unused = f"{ordered - used} not used" if ended else f"{ordered - used} left"
        left = f"{counted(over, 'visit')} more than ordered" if over > 0 else unused
        heading = f"{used} of {counted(ordered, 'ordered visit')} used, {left}"
        reading = f"{heading}{until}."
    chart = Chart(
        key="orders",
        heading=heading,
        reading=reading,
        caption=(
            "A filled box is a visit used, an open box one still ordered, a hatched box one beyond the order."
            if known
            else "Without a number ordered there is nothing to count them against."
        ),
        count=used,
        count_words=f"{counted(used, 'kept visit')} {'charged to this order' if known else 'in this episode'}",
        alt=reading,
        panels=(),
        table=TableTwin(
            (Column("Visits ordered", "whole"), Column("Visits used", "whole"), Column("Order ends", "date")),
            ((int(ordered) if known else None, used, last_day),),
            missing="not stated",
        ),
        height_px=0,
    )
    if not known:
        return chart
    total = max(ordered, used)
    if total <= BOXES:
        marks = [
            Bar(
                at=box + 0.5,
                base=2,
                length=16,
                thickness=0.84,
                direction="up",
                role="caution" if box >= ordered else "sessions",
                fill="hatched" if box >= ordered else "solid" if box < used else "open",
            )
            for box in range(total)
        ]
    else:
        marks = [
            Bar(10, 0, ordered, 16, "across", "sessions", fill="open"),
            Bar(10, 0, min(used, ordered), 16, "across", "sessions"),
            Bar(10, ordered, max(used - ordered, 0), 16, "across", "caution", fill="hatched"),
        ]
    # Boxes keep their size whatever their number: a short order does not look like a long one.
    across = Axis(0, max(total, 12))
    return replace(
        chart, panels=(Panel(0, 20, across, Axis(0, 20), tuple(marks)),), height_px=20, left_px=1, right_px=1
    )
