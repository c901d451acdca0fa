"""The account of everyone as one bar a group: judged left of a gap, not judged right, never a grand percentage."""

import pandas as pd
import pytest

from analytics.fates import FATES, JUDGED
from charts import fates, screen
from charts.model import Bar, Figures, Text
from drawn import marks, words
from tables import rows

ACCOUNTS = """
    injury_type     | episodes | improved | possibly_improved | unchanged | possibly_worse | worse | no_room | no_second_reading | still_in_care | judged | not_judged | better_share | better_low | better_high | range_low | range_high
    All types       | 40       | 12       | 3                 | 6         | 1              | 2     | 4       | 6                 | 6             | 24     | 16         | 0.5          | 0.314      | 0.686       | 0.4       | 0.6
    Low back strain | 36       | 10       | 3                 | 6         | 1              | 1     | 4       | 6                 | 5             | 21     | 15         | 0.476        | 0.283      | 0.676       | 0.37      | 0.593
    Jaw pain        | 4        | 2        | 0                 | 0         | 0              | 1     | 0       | 0                 | 1             | 3      | 1          | 0.667        | 0.208      | 0.939       | 0.667     | 0.667
"""  # noqa: E501


def account(drawn: str = ACCOUNTS) -> object:
    return fates.account(rows(drawn), FATES, JUDGED)


def one(**counts: int) -> pd.DataFrame:
    """An account of one group, shares missing."""
    row = {"injury_type": "All types"} | dict.fromkeys(FATES, 0) | counts
    judged = sum(row[code] for code in JUDGED)
    row |= {"episodes": sum(row[code] for code in FATES), "judged": judged}
    row |= {"not_judged": row["episodes"] - judged} | dict.fromkeys(
        ("better_share", "better_low", "better_high", "range_low", "range_high"), float("nan")
    )
    return pd.DataFrame([row])


def bars(chart, at: float) -> list[Bar]:
    return sorted((bar for bar in marks(chart, Bar) if bar.at == at), key=lambda bar: bar.base)


def test_every_fate_has_a_place_and_a_look_of_its_own():
    assert list(fates.LOOKS) == list(FATES)
    looks = [(look.role, look.fill) for look in fates.LOOKS.values()]
    assert len(set(looks)) == 8
    # Without colour too: what shares a fill is kept apart by the gap or by everything between.
    assert len({look.fill for look in fates.LOOKS.values()}) == 8


def test_the_renderer_gives_each_look_a_picture_of_its_own():
    counts = one(**dict.fromkeys(FATES, 1))
    traces = [
        trace for trace in screen.render(fates.account(counts, FATES, JUDGED), "light").data if trace.type == "bar"
    ]
    pictures = {(trace.marker.pattern.shape, trace.marker.pattern.bgcolor, trace.marker.color) for trace in traces}
    assert len(pictures) == 8


def test_a_bar_is_100_percent_of_its_episodes_with_a_gap_before_those_not_judged():
    drawn = bars(account(), at=33 * 2.5)  # the total, the uppermost of three rows
    assert [bar.length for bar in drawn] == pytest.approx([n / 40 for n in (12, 3, 6, 1, 2, 4, 6, 6)])
    assert drawn[4].base + drawn[4].length == pytest.approx(24 / 40)  # judged
    assert drawn[5].base == pytest.approx(24 / 40 + fates.GAP)
    assert drawn[-1].base + drawn[-1].length == pytest.approx(1 + fates.GAP)


def test_types_stand_in_the_order_given_under_the_total():
    named = [said for said in words(account()) if said in ("All types", "Low back strain", "Jaw pain")]
    assert named == ["All types", "Low back strain", "Jaw pain"]
    assert "not by result" in account().caption


def test_a_count_stands_inside_where_it_fits_and_always_in_the_key_and_the_table():
    chart = account()
    inside = {text.words for text in marks(chart, Text) if text.y == 33 * 2.5 and not text.x_is_share}
    inside |= {count for drawn in marks(chart, Figures) for _, y, count in drawn.points if y == 33 * 2.5}
    assert inside == {"12", "3", "6", "4"}  # not the 1 possibly worse and the 2 worse: 2.5 and 5 % of the bar
    assert {"1 possibly worse", "2 worse", "6 no second reading"} <= set(words(chart))
    assert chart.table.rows[0][:10] == ("All types", 40, 12, 3, 6, 1, 2, 4, 6, 6)


def test_the_account_is_told_in_a_sentence_that_names_its_denominators():
    assert fates.account_words(rows(ACCOUNTS).iloc[0], FATES, JUDGED) == (
        "Of 40 episodes, 24 can be judged: 12 better, 3 possibly better, 6 no clear change, 1 possibly worse, 2 worse;"
        " 16 cannot, or not yet: 4 little room to improve, 6 no second reading, 6 still in care."
    )


def test_worse_is_said_even_when_nobody_is():
    assert (
        fates.account_words(one(improved=1).iloc[0], FATES, JUDGED)
        == "Of 1 episode, 1 can be judged: 1 better, 0 worse."
    )


def test_which_fates_are_judged_is_told_from_outside_and_moves_the_gap_the_key_and_the_sentence():
    judged = [code for code in FATES if code not in ("still_in_care", "no_second_reading")]
    total = rows(ACCOUNTS).iloc[:1].assign(judged=28, not_judged=12)  # 24 and the 4 without room
    chart = fates.account(total, FATES, judged)
    drawn = bars(chart, at=33 * 0.5)
    assert drawn[5].base == pytest.approx(24 / 40)
    assert drawn[6].base == pytest.approx(28 / 40 + fates.GAP)
    assert "28 can be judged: 12 better" in chart.alt
    assert "2 worse, 4 little room to improve; 12 cannot, or not yet: 6 no second reading" in chart.alt
    no_room, missing = (
        next(text.y for text in marks(chart, Text) if words in f"{text.strong}{text.words}")
        for words in ("4 little room", "6 no second reading")
    )
    assert no_room > missing  # a line further up


def test_the_reading_gives_the_share_its_interval_and_its_range():
    assert account().heading == "12 of 24 that can be judged are better, beyond error"
    assert account().reading == (
        "Better, beyond error: 50 % of 24 judged (95 % interval 31 to 69); 40 % if the 6 without a second reading had"
        " all done badly, 60 % if all had done well."
    )


def test_fewer_than_eleven_are_never_a_percentage():
    chart = account()
    assert {"50 % (31 to 69)", "2 of 3"} <= set(words(chart))
    assert chart.table.rows[2][-5:] == (None,) * 5
    assert chart.table.missing == "too few"
    few = fates.account(one(improved=2, worse=8), FATES, JUDGED)
    assert few.reading == "Better, beyond error: 2 of 10 judged, too few for a percentage."
    assert "%" not in few.heading + few.reading + " ".join(words(few) + words(few.narrow))


@pytest.mark.parametrize(
    ("counts", "heading"),
    [
        pytest.param({}, "No episodes in this choice", id="no episode"),
        pytest.param({"still_in_care": 1}, "None of 1 episode can be judged", id="one client in care"),
        pytest.param({"no_room": 5}, "None of 5 episodes can be judged", id="all little room"),
        pytest.param({"no_second_reading": 5}, "None of 5 episodes can be judged", id="all missing"),
        pytest.param({"improved": 1}, "1 of 1 that can be judged is better, beyond error", id="all better"),
    ],
)
def test_groups_of_one_kind_are_right_or_cannot_be_said(counts, heading):
    chart = fates.account(one(**counts), FATES, JUDGED)
    assert chart.heading.startswith(heading)
    assert bool(chart.panels) == bool(counts)
    said = " ".join((chart.heading, chart.reading, chart.caption, chart.alt, *words(chart)))
    assert "nan" not in said.lower()
    if counts and "improved" not in counts:
        assert "none judged" in words(chart)
        assert chart.reading == "No share can be said: nobody is judged."


def test_a_phone_gets_a_card_per_row_with_the_share_in_words():
    narrow = account().narrow
    assert len(narrow.panels) == 1
    assert {"better: 50 % (31 to 69) of 24 judged", "better: 2 of 3 judged", "36 episodes"} <= set(words(narrow))
