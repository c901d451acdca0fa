"""What an episode's course says, in sentences: words first, worse as plainly as better, nothing averaged away."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from analytics import function
from analytics.change import TOLERANCE, Verdict
from analytics.function import DIRECTIONS, Score
from analytics.lymphoedema import LimbCourse, Limbs
from analytics.progress import Course

LEADS = {
    "improved": "Better.",
    "possibly_improved": "Possibly better.",
    "unchanged": "No clear change.",
    "possibly_worse": "Possibly worse.",
    "worse": "Worse.",
    "no_room": "Little room to improve.",
    "insufficient_data": "Not enough readings.",
}
TONES = {"improved": "good", "worse": "caution"}  # the rest is muted: possibly is not a colour
NUMERALS = {2: "two", 3: "three", 4: "four", 5: "five"}
NAMED = 3  # more movements than this are counted instead of listed
MOTION_LEADS = {
    "improved": "better",
    "worse": "worse",
    "unchanged": "no clear change",
    "insufficient_data": "cannot be said",
}
ANSWERS = {1: "improved", 0: "unchanged", -1: "worse"}  # of a scale that is itself a change
SCORE_COLUMNS = (
    "name",
    "items",
    "lowest",
    "highest",
    "better",
    "first",
    "first_on",
    "latest",
    "latest_on",
    "readings",
    "error",
    "important",
    "said",
    "tone",
    "sentence",
)


@dataclass(frozen=True, slots=True)
class Headline:
    """The verdict as it stands over the page: one word with its tone, the finding, and what it rests on."""

    lead: str
    tone: str
    finding: str
    support: str


def pain_headline(course: Course, name: str, more: Iterable[str] = ()) -> Headline:
    """The verdict on pain before treatment in one or two sentences.

    Parameters
    ----------
    course : Course
    name : str
        The pain series in words, as `progress.main_pain` gives it.
    more : iterable of str
        Further sentences for the support: spikes, two worse visits in a row.
    """
    verdict = course.verdict
    support = [*_support(verdict, name), *_averaged(verdict), *_steady(course), *more, *_rated(course)]
    return Headline(
        lead=LEADS[verdict.name].replace(".", f"{_unverified(verdict)}."),
        tone=TONES.get(verdict.name, "muted"),
        finding=_finding(course, name),
        support=" ".join(support),
    )


def _finding(course: Course, name: str) -> str:
    verdict = course.verdict
    if course.visits == 0:
        return "No visit has been kept yet."
    if course.readings == 0:
        return f"{name} was not rated before treatment at any visit."
    if verdict.latest is None:
        if verdict.first_ratings > 1:
            times = NUMERALS.get(verdict.first_ratings, verdict.first_ratings)
            return f"{name} was rated {times} times before any treatment: {_mean(verdict.first)} on average."
        return f"{name} was rated once before treatment: {_said(verdict.first)} at visit {course.first_visit}."
    start = _mean(verdict.first) if verdict.first_ratings > 1 else _said(verdict.first)
    if abs(verdict.gain) < TOLERANCE:
        return f"{name} before treatment is {_said(verdict.latest)}, as it was at visit {course.first_visit}."
    moved = "fell" if verdict.gain > 0 else "rose"
    span = f"between visit {course.first_visit} and visit {course.latest_visit}"
    return f"{name} before treatment {moved} from {start} to {_said(verdict.latest)} {span}."


def _support(verdict: Verdict, name: str) -> list[str]:
    """Why the class is what it is: the numbers the change was held against, each with its source."""
    matters = f"the amount that matters, {_said(verdict.important.points)} points ({verdict.important.cited})"
    unknown = "no error of measuring is known for this form"
    error = unknown if verdict.error is None else f"the error of measuring, {_error(verdict)} ({verdict.error.cited})"
    percent = verdict.limits.percent
    match verdict.name:
        case "improved":
            asked = ""
            if percent is not None:
                cited = "" if percent == verdict.important else f" ({percent.cited})"
                asked = f"; it is also {_said(percent.percent)} % of the start or more{cited}, which we ask as well"
            return [f"That is {_at_least(verdict)} {error}, and at least {matters}{asked}."]
        case "possibly_improved" if verdict.error is None:
            return [f"That is at least {matters}, but {unknown}, so it may be chance."]
        case "possibly_improved":
            return [f"That is at least {matters}, but less than {' and than '.join(_short_of(verdict, error))}."]
        case "worse":
            return [f"That is {_at_least(verdict)} {error}, and at least {matters}."]
        case "possibly_worse" if verdict.error is None:
            return [f"That is at least {matters}, but {unknown}, so it may be chance."]
        case "possibly_worse":
            return [f"That is at least {matters}, but less than {error}."]
        case "no_room":
            scale = verdict.limits.scale
            best = scale.lowest if scale.better == "lower" else scale.highest
            began = f"{name} began at {_said(verdict.first)}, nearer to {_said(best)} than"
            if verdict.error is not None and verdict.error_points >= verdict.important.points:
                return [f"{began} {error}: a change for the better could not be told from error."]
            return [f"{began} {matters}: there is no room for a change that matters."]
        case "unchanged":
            is_error = unknown
            if verdict.error is not None:
                is_error = f"the error of measuring is {_error(verdict)} ({verdict.error.cited})"
            return [f"The change is less than {matters}; {is_error}."]
    if verdict.first is None:
        return ["Two readings, at two visits, are needed to say more."]
    return ["Another reading, at a later visit, is needed to say more."]


def _at_least(verdict: Verdict) -> str:
    return "more than" if abs(verdict.gain) > verdict.error_points + TOLERANCE else "as much as"


def _short_of(verdict: Verdict, error: str) -> list[str]:
    """What a change that matters lacks to be called better."""
    percent = verdict.limits.percent
    lacking = [error] if verdict.gain < verdict.error_points - TOLERANCE else []
    if not verdict.reaches_percent:
        cited = "" if percent == verdict.important else f" ({percent.cited})"
        lacking.append(f"{_said(percent.percent)} % of the start{cited}")
    return lacking


def _averaged(verdict: Verdict) -> list[str]:
    if verdict.first_ratings == 1 or verdict.error is None:
        return []
    number = NUMERALS.get(verdict.first_ratings, verdict.first_ratings)
    if verdict.latest is None:
        return [f"The start is the mean of {number} ratings before any treatment."]
    return [f"The start is the mean of {number} ratings before any treatment, so the error is {_error(verdict)}."]


def _steady(course: Course) -> list[str]:
    """The mean of the last ratings, where it would be called something else than the latest one."""
    steady = course.steady
    if steady is None or steady.name == course.verdict.name:
        return []
    known = "" if steady.error is None else f"; its error is {_error(steady)}"
    return [
        f"The mean of the last {NUMERALS[steady.latest_ratings]} ratings, {_mean(steady.latest)}, would be called"
        f" {steady.words}{known}."
    ]


def _rated(course: Course) -> list[str]:
    if course.visits == 0:
        return []
    visits = "1 visit was" if course.visits == 1 else f"{course.visits} visits were"
    return [f"{course.readings} of {visits} rated before treatment."]


def thresholds(verdict: Verdict) -> tuple[str, ...]:
    """Every number a verdict rests on with its source, and what follows where the error is the larger one."""
    error, important, percent = verdict.error, verdict.important, verdict.limits.percent
    told = []
    if error is None:
        told.append("No error of measuring is known for this form: no change on it is called more than possible.")
    elif verdict.error_points == error.points:
        told.append(f"Error of measuring {_said(error.points)}: {error.cited}.")
    else:
        told.append(
            f"Error of measuring {_error(verdict)}, less than {_said(error.points)} because ratings were averaged:"
            f" {error.cited}."
        )
    told.append(f"Important change {_said(important.points)} points: {important.cited}.")
    if percent is not None:
        told.append(f"Share of the start asked besides {_said(percent.percent)} %: {percent.cited}.")
    if error is not None and verdict.error_points > important.points:
        told.append(
            f"The error is larger than the important change: from {_said(important.points)} to under {_error(verdict)}"
            " a change may matter and may be error, and is called possible."
        )
    return tuple(told)


def score_thresholds(scores: Iterable[Score]) -> tuple[str, ...]:
    """The numbers behind every verdict on a score, each with the scale it belongs to."""
    return tuple(f"{_scored(score)}. {told}" for score in scores if score.verdict for told in thresholds(score.verdict))


def of_spikes(found: pd.DataFrame, marked: Iterable[int] = (), name: str = "Pain") -> list[str]:
    """What became of the spikes: the last two each in a sentence, those before them counted.

    Parameters
    ----------
    found : DataFrame
        As `spikes.spikes` returns it.
    marked : iterable of int
        The visits marked as a flare-up; one that was no spike is said too.
    name : str
        The pain in words.
    """
    told = [_spike(row, name) for row in found.tail(2).itertuples()]
    earlier = found["state"].iloc[:-2]
    if len(earlier):
        spikes = "1 spike" if len(earlier) == 1 else f"{len(earlier)} spikes"
        told.append(f"Before that, {spikes}, {int((earlier == 'settled').sum())} settled.")
    without = [f"visit {number}" for number in marked if number not in set(found["visit_number"])]
    if without:
        told.append(f"A flare-up was marked at {_listed(without)}.")
    return told


def _spike(spike: tuple, name: str) -> str:
    what = "flare-up" if spike.flare_marked else "spike"
    at = f"to {_said(spike.pain)} at visit {spike.visit_number}"
    match spike.state:
        case "settled":
            return f"A {what} {at} settled by visit {int(spike.settled_visit)}."
        case "open":
            return f"A {what} {at} is not known to have settled."
    marked = "; the visit was marked as a flare-up" if spike.flare_marked else ""
    back = (
        "has not come back"
        if pd.isna(spike.settled_visit)
        else f"took until visit {int(spike.settled_visit)} to settle"
    )
    return f"{name} rose {at} and {back}: a worsening, not a spike{marked}."


def of_two_worse(holds: bool) -> list[str]:
    """Two ratings in a row that are worse than the start, where `spikes.worse_twice` holds."""
    return ["Worse beyond error at each of the last two ratings."] if holds else []


def of_motion(movements: pd.DataFrame) -> str:
    """Every movement of the episode, by what became of it, and the error it was held against.

    Parameters
    ----------
    movements : DataFrame
        As `motion.motion` returns it: name, side, motion_type, start_deg, now_deg, error_deg, error_source,
        motion_class, is_other_side (only compared with: nothing is said of its change), and why (words where a change
        cannot be judged, else missing).
    """
    if movements.empty:
        return "Motion was not measured."
    movements = movements[~movements["is_other_side"].astype(bool)]
    if movements.empty:
        return "Motion of the affected side was not measured."
    told = []
    for name, lead in MOTION_LEADS.items():
        rows = movements[movements["motion_class"] == name]
        if len(rows):
            reasons = list(rows["why"].dropna().unique())
            why = f" ({_listed(reasons)})" if reasons else ""
            told.append(f"{lead}: {_movements(rows, sizes=name in TONES)}{why}")
    judged = movements[movements["motion_class"] != "insufficient_data"]
    errors = dict.fromkeys(f"{_mean(row.error_deg)}° ({row.error_source})" for row in judged.itertuples())
    held_against = f" Error of measuring: {'; '.join(errors)}." if errors else ""
    return f"{_upper('; '.join(told))}.{held_against}"


def _movements(rows: pd.DataFrame, sizes: bool = False) -> str:
    if len(rows) > NAMED:
        return f"{len(rows)} movements"
    return _listed(
        [
            _movement(row) + (f" from {_said(row.start_deg)}° to {_said(row.now_deg)}°" if sizes else "")
            for row in rows.itertuples()
        ]
    )


def _movement(row: tuple) -> str:
    side = "" if pd.isna(row.side) else f" {row.side}"
    return f"{_lower(row.name)}{side}{' passive' if row.motion_type == 'passive' else ''}"


def of_limbs(limbs: LimbCourse) -> str:
    """What the tape said: the latest visit with the first beside it, which criteria fired, and what is missing."""
    if limbs.changes:
        changes = [
            f"the {side} limb {_mean(abs(percent))} % {'less' if percent < 0 else 'more'}"
            for side, percent in limbs.changes.items()
        ]
        return f"Volume against its own first: {_listed(changes)}. Both sides are affected, so there is no excess."
    if limbs.first is None:
        return f"{_upper(limbs.missing)}."
    now, was = limbs.latest or limbs.first, limbs.first if limbs.latest else None
    told = [_measured("at most {} cm at one level", now, was, "largest_difference_cm")]
    if now.excess_percent is not None:
        told.append(_measured("{} mL", now, was, "excess_ml"))
        told.append(_measured("{} % of its volume", now, was, "excess_percent"))
    asked = [criterion for criterion in now.criteria if criterion.fired is not None]
    silent = [criterion.words for criterion in now.criteria if criterion.fired is None]
    called = f"{len(now.fired) or 'none'} of the {len(asked)} criteria asked"
    fired = f"{called}: {_listed(now.fired)}" if now.fired else called
    said = [
        f"The affected limb less the other one: {_listed(told)}.",
        f"Swollen by {fired} ({asked[0].source}); they are not equivalent. Not asked: {_listed(silent)}.",
        now.caution,
        f"{_upper(limbs.missing)}." if limbs.missing else None,
    ]
    return " ".join(part for part in said if part)


def _measured(words: str, now: Limbs, was: Limbs | None, measure: str) -> str:
    before = None if was is None else getattr(was, measure)
    told = words.format(_mean(getattr(now, measure)))
    return told if before is None else f"{told} (was {_mean(before)})"


def of_score(score: Score) -> str:
    """One scale's course in a sentence or two.

    A scale with thresholds gets its verdict and their sources; one that is itself a change its latest answer and the
    cut-off; every other scale first and latest, a direction from three readings on and a line from five on, and never a
    word of what the change means to anyone.
    """
    if score.is_change:
        return _answer(score)
    if score.verdict is None:
        return _trend(score)
    verdict, name = score.verdict, _scored(score)
    (support,) = _support(verdict, name)
    if verdict.latest is None:
        return f"{name} was scored once: {_of(score, verdict.first)} at visit {score.visits[0]}. {support}"
    moved = _moved(score)
    return f"{name} {moved} ({score.scale.better} is better): {verdict.words}{_unverified(verdict)}. {support}"


def _moved(score: Score) -> str:
    first, latest = score.values[0], score.values[-1]
    if abs(latest - first) < TOLERANCE:
        return f"is {_of(score, latest)}, as it was at visit {score.visits[0]}"
    return f"{'rose' if latest > first else 'fell'} from {_said(first)} to {_of(score, latest)}"


def _answer(score: Score) -> str:
    told = (
        f"{_scored(score)} was answered {_said(score.values[-1])} at visit {score.visits[-1]} ({score.scale.version})"
    )
    cut_off = score.cut_off
    if cut_off is None:
        return f"{told}; no cut-off is known for this form."
    named = f"the cut-off of {_said(cut_off.points)} ({cut_off.threshold.note}; {cut_off.cited})"
    if score.reaches_cut_off:
        return f"{told}: that reaches {named}."
    if score.direction < 0:
        return f"{told}: that is worse than no change, {_said(score.no_change)}, and falls short of {named}."
    return f"{told}: that falls short of {named}."


def _trend(score: Score) -> str:
    first, latest, readings = score.values[0], score.values[-1], len(score.values)
    name, better = _scored(score), f"{score.scale.better} is better"
    if readings == 1:
        return f"{name} was {_of(score, first)} at visit {score.visits[0]}, its only reading."
    if readings == 2:
        at = f"{_of(score, first)} at visit {score.visits[0]} and {_said(latest)} at visit {score.visits[1]}"
        return f"{name} was {at} ({better}); two readings are no trend."
    return f"{name} {_moved(score)} ({readings} readings, {better}){_line(score)}."


def _line(score: Score) -> str:
    fitted = function.slope(score)
    if fitted is None:
        return ""
    if fitted.low <= 0 <= fitted.high:
        ends = f"{_said(abs(fitted.low))} lower to {_said(fitted.high)} higher"
        return f"; a line through them cannot be told from level (95 %: {ends} a visit)"
    ends = sorted((abs(fitted.low), abs(fitted.high)))
    way = "higher" if fitted.low > 0 else "lower"
    size = f"{_said(abs(fitted.per_visit))} {way} a visit (95 %: {_said(ends[0])} to {_said(ends[1])})"
    return f"; a line through them runs {size}"


def disagreement(course: Course, movements: pd.DataFrame, scores: Iterable[Score]) -> str | None:
    """Where one measure is better and another worse: both are said and nothing is averaged; None where none differ.

    Possibly better and possibly worse count, and are said so. Motion of a side that is only compared with does not.
    """
    told = [("pain is", course.verdict.name)]
    for name in ("improved", "worse"):
        moved = movements[(movements["motion_class"] == name) & ~movements["is_other_side"].astype(bool)]
        if len(moved):
            told.append((f"{_movements(moved)} {'is' if len(moved) == 1 else 'are'}", name))
    told += [
        (f"{_lower(_scored(score))} is", score.verdict.name if score.verdict else ANSWERS[score.direction])
        for score in scores
    ]
    better = [f"{measure} {_way(found)}" for measure, found in told if DIRECTIONS.get(found, 0) > 0]
    worse = [f"{measure} {_way(found)}" for measure, found in told if DIRECTIONS.get(found, 0) < 0]
    if not better or not worse:
        return None
    two = len(better) == len(worse) == 1
    stand = "both stand, neither outweighs the other" if two else "all stand, none outweighs another"
    return f"{_upper(_listed(better))}, {_listed(worse)}: {stand}."


def scores_table(scores: Iterable[Score]) -> pd.DataFrame:
    """What a figure of the scores shows, one row per series: numbers, and the same in words.

    Returns
    -------
    DataFrame
        name, items (in words, or empty), lowest, highest, better ("lower" or "higher"), first, first_on (missing on a
        scale that is itself a change), latest, latest_on (missing when scored once), readings, error, important
        (missing where none is known), said (a few words), tone, sentence.
    """
    rows = []
    for score in scores:
        verdict, again = score.verdict, score.is_change or len(score.values) > 1
        rows.append(
            {
                "name": f"{score.scale.name}{f', {score.side}' if score.side else ''}",
                "items": ", ".join(score.items),
                "lowest": score.scale.lowest,
                "highest": score.scale.highest,
                "better": score.scale.better,
                "first": None if score.is_change else score.values[0],
                "first_on": None if score.is_change else score.days[0],
                "latest": score.values[-1] if again else None,
                "latest_on": score.days[-1] if again else None,
                "readings": len(score.values),
                "error": verdict.error_points if verdict else None,
                "important": verdict.important.points if verdict else None,
                "said": _shortly(score),
                "tone": TONES.get(verdict.name if verdict else ANSWERS[score.direction], "muted"),
                "sentence": of_score(score),
            }
        )
    return pd.DataFrame(rows, columns=SCORE_COLUMNS)


def _shortly(score: Score) -> str:
    if score.verdict:
        return f"{score.verdict.words}{_unverified(score.verdict)}"
    if score.is_change and score.cut_off is None:
        return "no cut-off known"
    if score.is_change:
        reached = f"reaches {score.cut_off.threshold.note}{' (unverified)' if score.cut_off.unverified else ''}"
        return (
            reached
            if score.reaches_cut_off
            else "worse than no change"
            if score.direction < 0
            else "no cut-off reached"
        )
    moved = score.values[-1] - score.values[0]
    if len(score.values) < 3 or moved == 0:
        return "1 reading" if len(score.values) == 1 else f"{len(score.values)} readings"
    return f"{_said(abs(moved))} {'higher' if moved > 0 else 'lower'}, {len(score.values)} readings"


def _scored(score: Score) -> str:
    items = f" for {_listed(score.items)}" if score.items else ""
    return f"{score.scale.name}{items}{f', {score.side}' if score.side else ''}"


def _of(score: Score, points: float) -> str:
    return f"{_said(points)} %" if score.scale.unit == "%" else f"{_said(points)} of {_said(score.scale.highest)}"


def _way(name: str) -> str:
    return f"{'possibly ' if name.startswith('possibly') else ''}{'better' if DIRECTIONS[name] > 0 else 'worse'}"


def _unverified(verdict: Verdict) -> str:
    return " (unverified)" if verdict.limits.unverified and verdict.name != "insufficient_data" else ""


def _error(verdict: Verdict) -> str:
    """The error a change was held against: as published, or with one decimal where it was lessened by averaging."""
    is_published = verdict.error_points == verdict.error.points
    return _said(verdict.error_points) if is_published else _mean(verdict.error_points)


def _said(points: float) -> str:
    return f"{round(points, 2):g}"  # repeats of one visit are averaged: 19 / 3 is said as 6.33


def _mean(points: float) -> str:
    return f"{round(points, 1) + 0.0:g}"  # never -0


def _listed(names: list[str] | tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _upper(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


def _lower(words: str) -> str:
    return f"{words[0].lower()}{words[1:]}"
