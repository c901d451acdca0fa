"""What became of everyone: one bar of 100 % per group, judged left of a gap, not judged right of it.

Eight looks stay apart in grey. The words of each fate, and which fates are judged, come in with the counts; here they
get their place and look.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from charts.model import Axis, Bar, Chart, Column, Figures, Fill, Mark, Panel, Role, Rule, TableTwin, Text
from charts.words import capital, counted, shortened, value

FEWEST_FOR_PERCENT = 11  # judged; under that a share is told as "2 of 3"
GAP = 0.02  # of a bar's 100 %, between judged and not judged
ROW_PX, HEAD_PX, CARD_PX, KEY_PX = 33, 34, 78, 24
KEY_COLUMNS = {"wide": (3, 0.018), "narrow": (2, 0.04)}  # and how wide a patch of each look is
DIGIT_SHARES = {"wide": (0.04, 0.018), "narrow": (0.045, 0.024)}  # of a bar: room for one digit, for each one more
PATCH_SHARE = 0.025  # more where a number stands on a patch: enough of the pattern must be left around it


@dataclass(frozen=True)
class _Look:
    role: Role
    fill: Fill


LOOKS = {
    "improved": _Look("good", "solid"),
    "possibly_improved": _Look("good", "hatched"),
    "unchanged": _Look("muted", "pale"),
    "possibly_worse": _Look("caution", "counterhatched"),
    "worse": _Look("caution", "crossed"),
    "no_room": _Look("muted", "dotted"),
    "no_second_reading": _Look("caution", "open"),
    "still_in_care": _Look("muted", "lined"),
}


def account(accounts: pd.DataFrame, words: Mapping[str, str], judged: Collection[str]) -> Chart:
    """The full account of eight fates: a row of all episodes, then a row per injury type.

    Parameters
    ----------
    accounts : DataFrame, first the total, then the types in the order to be drawn
        injury_type, episodes, a count per fate (the keys of `LOOKS`), judged, not_judged; better_share, better_low,
        better_high, range_low, range_high (0 to 1, missing where nobody is in the denominator).
    words : mapping
        Fate to what people read, in order of display.
    judged : collection
        The fates that are judged.

    Returns
    -------
    Chart
        Counts that do not fit inside a bar are in the table. The narrow form is a card per row.
    """
    total = accounts.iloc[0]
    chart = Chart(
        key="account",
        heading=_heading(total, words),
        reading=_reading(total, words),
        caption=(
            "Ordered by number of episodes, not by result. Left of the gap: closed episodes with a start and a later"
            " rating and room to improve. Right of it, and in no share: little room to improve, no second reading,"
            " still in care (or away, and not closed yet) whatever the ratings. Better of judged: with Wilson 95 %"
            " interval; a count where fewer than"
            f" {FEWEST_FOR_PERCENT} are judged. No comparison group: part of any fall in pain is expected without"
            " treatment."
        ),
        count=int(total["episodes"]),
        count_words=f"{counted(int(total['episodes']), 'episode')}, {int(total['judged']):,} can be judged",
        alt=f"A bar of 100 % per injury type, by what became of the episodes. {account_words(total, words, judged)}",
        panels=(),
        table=_table(accounts, words),
        height_px=0,
    )
    if not total["episodes"]:
        return chart
    return replace(_wide(chart, accounts, words, judged), narrow=_cards(chart, accounts, words, judged))


def account_words(row: pd.Series, words: Mapping[str, str], judged: Collection[str]) -> str:
    """An account in a sentence: "Of 20 episodes, 12 can be judged: 7 better, 5 worse; 8 cannot, or not yet: ...".

    Better and worse are always told; of the others, those that occur.
    """
    of_judged = _told(row, words, [code for code in LOOKS if code in judged], ("improved", "worse"))
    others = _told(row, words, [code for code in LOOKS if code not in judged])
    said = f"Of {counted(int(row['episodes']), 'episode')}, {int(row['judged']):,} can be judged"
    said += f": {of_judged}" if row["judged"] else ""
    return f"{said}; {int(row['not_judged']):,} cannot, or not yet: {others}." if row["not_judged"] else f"{said}."


def share_words(row: pd.Series) -> str:
    """The share better of those judged: "35 % (30 to 39)"; "2 of 3" under 11, for a percentage would say too much."""
    if not row["judged"]:
        return "none judged"
    if row["judged"] < FEWEST_FOR_PERCENT:
        return f"{int(row['improved'])} of {int(row['judged'])}"
    return f"{_percent(row['better_share'])} % ({_percent(row['better_low'])} to {_percent(row['better_high'])})"


def short(words: str) -> str:
    """The words of a fate without what a comma adds: better, worse."""
    return words.split(",")[0]


def stacks(
    rows: Sequence[tuple[float, pd.Series]],
    thickness: float,
    words: Mapping[str, str],
    judged: Collection[str],
    form: str,
) -> list[Mark]:
    """The bars of some groups on an axis of shares from 0 to 1 + `GAP`, counts inside where they fit.

    Parameters
    ----------
    rows : sequence of (place, Series)
        Where on the other axis, in pixels, and a count per fate with their sum, episodes; a fate without a column is
        passed over.
    thickness : float
    form : "wide" or "narrow"
    """
    one_digit, digit = DIGIT_SHARES[form]
    right_of_gap = next(code for code in LOOKS if code not in judged)
    marks: list[Mark] = []
    on_solid, on_pale = [], []  # numbers that need no patch are drawn together, which keeps the page light
    for at, row in rows:
        base = 0.0
        for code, look in LOOKS.items():
            base += GAP if code == right_of_gap else 0
            count = int(row.get(code, 0))
            share = count / int(row["episodes"])
            if count:
                said = f"{count:,} {words[code]}"
                marks.append(Bar(at, base, share, thickness, "across", look.role, look.fill, said))
            patched = look.fill not in ("solid", "pale", "open")
            if count and share >= one_digit + digit * (len(f"{count:,}") - 1) + PATCH_SHARE * patched:
                place = (base + share / 2, at, f"{count:,}")
                if patched:
                    marks.append(Text(*place, dy_px=1, on_ground=True))
                else:
                    (on_solid if look.fill == "solid" else on_pale).append(place)
            base += share
    return [*marks, Figures(tuple(on_solid), "ground", bold=True), Figures(tuple(on_pale))]


def key(row: pd.Series, top: float, words: Mapping[str, str], judged: Collection[str], form: str) -> list[Mark]:
    """What each look means, with its count, in lines under `top`: those not judged have lines of their own.

    A fate without a column in `row` is passed over.
    """
    columns, swatch = KEY_COLUMNS[form]
    marks: list[Mark] = []
    for line, codes in enumerate(_key_lines(row, judged, columns)):
        at = top - KEY_PX * (line + 0.5)
        for place, code in enumerate(codes):
            left, look = 1.03 * place / columns, LOOKS[code]  # the first of two is the longest
            marks += [
                Bar(at, left + 0.002, swatch, 12, "across", look.role, look.fill),
                Text(left + swatch, at, f" {short(words[code])}", f"{int(row[code]):,}", align="left", dx_px=8),
            ]
    return marks


def key_px(row: pd.Series, judged: Collection[str], form: str) -> int:
    """How high the key is."""
    return KEY_PX * len(_key_lines(row, judged, KEY_COLUMNS[form][0])) + 10


def _key_lines(row: pd.Series, judged: Collection[str], columns: int) -> list[list[str]]:
    lines = []
    for is_judged in (True, False):
        codes = [code for code in LOOKS if (code in judged) == is_judged and code in row]
        lines += [codes[first : first + columns] for first in range(0, len(codes), columns)]
    return lines


def _told(row: pd.Series, words: Mapping[str, str], codes: Sequence[str], always: Sequence[str] = ()) -> str:
    return ", ".join(f"{int(row[code]):,} {short(words[code])}" for code in codes if row[code] or code in always)


def _percent(share: float) -> str:
    return f"{100 * share:.0f}"


def _heading(total: pd.Series, words: Mapping[str, str]) -> str:
    if not total["episodes"]:
        return "No episodes in this choice"
    if not total["judged"]:
        return f"None of {counted(int(total['episodes']), 'episode')} can be judged"
    verb = "is" if total["improved"] == 1 else "are"
    return f"{int(total['improved']):,} of {int(total['judged']):,} that can be judged {verb} {words['improved']}"


def _reading(total: pd.Series, words: Mapping[str, str]) -> str:
    if not total["judged"]:
        return "No share can be said: nobody is judged."
    if total["judged"] < FEWEST_FOR_PERCENT:
        return f"{capital(words['improved'])}: {share_words(total)} judged, too few for a percentage."
    said = (
        f"{capital(words['improved'])}: {_percent(total['better_share'])} % of {int(total['judged']):,} judged (95 %"
        f" interval {_percent(total['better_low'])} to {_percent(total['better_high'])})"
    )
    missing = int(total["no_second_reading"])
    if missing:
        said += (
            f"; {_percent(total['range_low'])} % if the {missing:,} without a second reading had all done badly,"
            f" {_percent(total['range_high'])} % if all had done well"
        )
    return f"{said}."


def _table(accounts: pd.DataFrame, words: Mapping[str, str]) -> TableTwin:
    shares = {
        "Better (% of judged)": "better_share",
        "from": "better_low",
        "to": "better_high",
        "Better (%), had all without a second reading done badly": "range_low",
        "Better (%), had they all done well": "range_high",
    }
    columns = (
        Column("Injury type"),
        Column("Episodes", "whole"),
        *(Column(words[code].capitalize(), "whole") for code in LOOKS),
        Column("Can be judged", "whole"),
        Column("Cannot, or not yet", "whole"),
        *(Column(name, "one_decimal") for name in shares),
    )
    rows = []
    for _, row in accounts.iterrows():
        told = row["judged"] >= FEWEST_FOR_PERCENT
        rows.append(
            (
                str(row["injury_type"]),
                int(row["episodes"]),
                *(int(row[code]) for code in LOOKS),
                int(row["judged"]),
                int(row["not_judged"]),
                *(100 * value(row[share]) if told else None for share in shares.values()),
            )
        )
    return TableTwin(columns, tuple(rows), missing="too few")


def _wide(chart: Chart, accounts: pd.DataFrame, words: Mapping[str, str], judged: Collection[str]) -> Chart:
    total, rows = accounts.iloc[0], [row for _, row in accounts.iterrows()]
    under_head = ROW_PX * len(rows)
    height_px = under_head + HEAD_PX + key_px(total, judged, "wide")
    heights = [under_head - ROW_PX * (index + 0.5) for index in range(len(rows))]
    y = Axis(0, height_px)

    def column(left: float, right: float, title: str, labels: Sequence[str]) -> Panel:
        marks = [
            Text(0, height, **({"strong": label} if index == 0 else {"words": label}), align="left", x_is_share=True)
            for index, (label, height) in enumerate(zip(labels, heights, strict=True))
        ]
        head = Text(0, under_head + 15, strong=title, align="left", x_is_share=True)
        return Panel(0, height_px, Axis(0, 1), y, (head, *marks), left, right)

    lines: list[Mark] = [Rule(height - ROW_PX / 2, "across", "line") for height in heights]
    lines += [Rule(at, "across", "ink", width_px=1.5) for at in (under_head, heights[0] - ROW_PX / 2)]
    frame = Panel(0, height_px, Axis(0, 1), y, (*key(total, height_px, words, judged, "wide"), *lines))
    bars = stacks(list(zip(heights, rows, strict=True)), 17, words, judged, "wide")
    heads = [
        Text(0, under_head + 15, strong=f"{int(total['judged']):,} can be judged", align="left", x_is_share=True),
        Text(
            1,
            under_head + 15,
            strong=f"{int(total['not_judged']):,} cannot, or not yet",
            align="right",
            x_is_share=True,
        ),
    ]
    panels = (
        frame,
        column(0, 0.22, "Injury type", [shortened(str(row["injury_type"]), 30) for row in rows]),
        column(0.23, 0.31, "Episodes", [f"{int(row['episodes']):,}" for row in rows]),
        Panel(0, height_px, Axis(0, 1 + GAP), y, (*heads, *bars), 0.32, 0.83),
        column(0.85, 1, "Better of judged", [share_words(row) for row in rows]),
    )
    return replace(chart, panels=panels, height_px=height_px + 2, left_px=1, right_px=2)


def _cards(chart: Chart, accounts: pd.DataFrame, words: Mapping[str, str], judged: Collection[str]) -> Chart:
    """A card per row for 375 px: name and episodes, the bar over the whole width, the share in words."""
    rows = [row for _, row in accounts.iterrows()]
    height_px = CARD_PX * len(rows) + key_px(rows[0], judged, "narrow")
    tops = [CARD_PX * (len(rows) - index) for index in range(len(rows))]
    marks: list[Mark] = key(rows[0], height_px, words, judged, "narrow")
    marks += stacks([(top - 37, row) for top, row in zip(tops, rows, strict=True)], 17, words, judged, "narrow")
    for top, row in zip(tops, rows, strict=True):
        better = f"better: {share_words(row)}" + (f" of {int(row['judged']):,}" if row["judged"] > 10 else "")
        marks += [
            Rule(top, "across", "line"),
            Text(0, top - 15, strong=shortened(str(row["injury_type"]), 30), align="left", x_is_share=True),
            Text(1, top - 15, counted(int(row["episodes"]), "episode"), align="right", x_is_share=True),
            Text(0, top - 60, f"{better} judged" if row["judged"] else better, "", "muted", "left", x_is_share=True),
        ]
    panel = Panel(0, height_px, Axis(0, 1 + GAP), Axis(0, height_px), tuple(marks))
    return replace(chart, panels=(panel,), height_px=height_px + 2, left_px=2, right_px=2)
