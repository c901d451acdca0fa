"""What a person's motion may be compared with: age, the references that cover them, and the hundred percent.

References from memory are left out everywhere (clinical reference, A3). The practice's own, "Practice", stands in place
of the published ones for whom it covers.
"""

import numpy as np
import pandas as pd

import instruments
from instruments import Instruments, Movement, Reference


def birth_date_and_sex(person: pd.Series) -> tuple[object, str | None]:
    """What a reference value is chosen by; None for what is not known."""
    born, sex = person["birth_date"], person["sex"]
    return None if pd.isna(born) else born, None if pd.isna(sex) else sex


def age_years(birth_date: object, on: object) -> int | None:
    """Completed years on a day; None when the birth date is not known.

    >>> age_years("1990-05-01", "2026-04-30"), age_years("1990-05-01", "2026-05-01"), age_years(None, "2026-05-01")
    (35, 36, None)
    """
    return None if pd.isna(birth_date) else int(_completed_years(pd.Timestamp(birth_date), pd.Timestamp(on)))


def ages_years(birth_dates: pd.Series, days: pd.Series) -> pd.Series:
    """The same for each row; NaN where the birth date is missing."""
    return _completed_years(birth_dates.dt, days.dt).astype("float64")


def verified(known: Movement, age: float | None, sex: str | None, motion_type: str) -> tuple[Reference, ...]:
    """The references that cover this age (years), sex and motion type and are not from memory, the preferred first.

    Where the practice set its own, that one alone. A missing age or sex is not known; which rows apply then: see
    `Movement.references_for`.
    """
    age, sex = (None if pd.isna(value) else value for value in (age, sex))
    covering = tuple(row for row in known.references_for(age, sex, motion_type) if not row.unverified)
    return tuple(row for row in covering if row.own) or covering


def span(covering: tuple[Reference, ...]) -> tuple[float | None, float | None, str | None]:
    """Lowest and highest degrees of these references and their names in words; None three times when there is none.

    >>> span(verified(instruments.movement("knee", "flexion"), 36, None, "active"))
    (135, 150, 'AAOS to AMA')
    """
    if not covering:
        return None, None, None
    ends_deg = [deg for row in covering for deg in (row.low_deg, row.high_deg) if deg is not None]
    return min(ends_deg), max(ends_deg), " to ".join(dict.fromkeys(row.name for row in covering))


def hundred_percent(covering: tuple[Reference, ...]) -> Reference | None:
    """The reference whose `low_deg` is the hundred percent: the first of these above 0 degrees; None without one.

    An extension has its reference at 0 degrees: a percent of nothing means nothing.

    >>> knee = hundred_percent(verified(instruments.movement("knee", "flexion"), 36, None, "active"))
    >>> knee.name, knee.low_deg
    ('AAOS', 135)
    """
    return next((row for row in covering if row.low_deg > 0), None)


def with_hundred_percent(series: pd.DataFrame, known: Instruments = instruments.PUBLISHED) -> pd.DataFrame:
    """Add the hundred percent of each row, looked up once for each kind of person and movement.

    Parameters
    ----------
    series : DataFrame
        joint, movement, motion_type, birth_date, sex (these two missing where not known), first_on: the age is that of
        this day.
    known : Instruments
        What the practice goes by.

    Returns
    -------
    DataFrame, the same rows in their order
        With age_years, reference_deg and reference_name, missing where there is none.
    """
    kind = ["joint", "movement", "motion_type", "age_years", "sex"]
    series = series.assign(age_years=ages_years(series["birth_date"], series["first_on"]))
    kinds = series[kind].drop_duplicates()
    found = [
        hundred_percent(verified(known.movement(joint, movement), age, sex, motion_type))
        for joint, movement, motion_type, age, sex in kinds.itertuples(index=False)
    ]
    kinds = kinds.assign(
        reference_deg=pd.Series([row.low_deg if row else np.nan for row in found], index=kinds.index, dtype="float64"),
        reference_name=pd.Series([row.name if row else None for row in found], index=kinds.index, dtype="str"),
    )
    return series.merge(kinds, how="left", on=kind)


def _completed_years(born, day):
    # As numbers YYYYMMDD two days are a full year apart, 10 000, exactly when the birthday was reached.
    return (_yyyymmdd(day) - _yyyymmdd(born)) // 10_000


def _yyyymmdd(day):
    return day.year * 10_000 + day.month * 100 + day.day
