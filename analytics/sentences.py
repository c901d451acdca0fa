"""What an episode's course says, in sentences: words first, worse as plainly as better."""

from dataclasses import dataclass

from analytics.change import Verdict
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


@dataclass(frozen=True, slots=True)
class Headline:
    """The verdict as it stands over the page: one word with its tone, the finding, and what it rests on."""

    lead: str
    tone: str
    finding: str
    support: str


def pain_headline(course: Course, name: str, region: str | None) -> Headline:
    """The verdict on pain before treatment in one or two sentences.

    Parameters
    ----------
    course : Course
    name : str
        The pain series in words, as `progress.main_pain` gives it.
    region : str or None
        The region the pain is in, to say where a threshold comes from.
    """
    verdict = course.verdict
    return Headline(
        lead=LEADS[verdict.name],
        tone=TONES.get(verdict.name, "muted"),
        finding=_finding(course, name),
        support=f"{_support(verdict, region)} {_rated(course)}".strip(),
    )


def _rated(course: Course) -> str:
    if course.visits == 0:
        return ""
    visits = "1 visit was" if course.visits == 1 else f"{course.visits} visits were"
    return f"{course.readings} of {visits} rated before treatment."


def _finding(course: Course, name: str) -> str:
    verdict = course.verdict
    if course.visits == 0:
        return "No visit has been kept yet."
    if course.readings == 0:
        return f"{name} was not rated before treatment at any visit."
    if course.readings == 1:
        return f"{name} was rated once before treatment: {_pain(verdict.first)} at visit {course.first_visit}."
    span = f"between visit {course.first_visit} and visit {course.latest_visit}"
    if verdict.gain == 0:
        return f"{name} before treatment is {_pain(verdict.latest)}, as it was at visit {course.first_visit}."
    moved = "fell" if verdict.gain > 0 else "rose"
    return f"{name} before treatment {moved} from {_pain(verdict.first)} to {_pain(verdict.latest)} {span}."


def _pain(points: float) -> str:
    return f"{round(points, 2):g}"  # repeats of one visit are averaged: 19 / 3 is said as 6.33


def _support(verdict: Verdict, region: str | None) -> str:
    error, important = verdict.error, verdict.important
    error_words = f"{error.points:g} ({error.cited_for(region)})"
    matters = f"{important.points:g} points ({important.cited_for(region)})"
    match verdict.name:
        case "improved":
            return (
                f"That is more than the error of measuring, {error_words}, and an amount that matters, {matters}; it is"
                f" also {important.percent:g} % of the start or more, which we ask as well."
            )
        case "possibly_improved":
            short_of = [
                words
                for words, is_short in (
                    (f"the error of measuring, {error_words}", verdict.gain < error.points),
                    (f"{important.percent:g} % of the start", 100 * verdict.gain < important.percent * verdict.first),
                )
                if is_short
            ]
            return f"That is an amount that matters, {matters}, but less than {' and than '.join(short_of)}."
        case "worse":
            return f"That is more than the error of measuring, {error_words}."
        case "possibly_worse":
            return f"That is an amount that matters, {matters}, but less than the error of measuring, {error_words}."
        case "no_room":
            return (
                f"Pain began at {_pain(verdict.first)}, nearer to 0 than the error of measuring, {error_words}: a fall"
                " could not be told from error."
            )
        case "unchanged":
            return (
                f"The change is less than an amount that matters, {matters}; the error of measuring is {error_words}."
            )
    if verdict.first is None:
        return "Ratings before treatment at two visits are needed to say more."
    return "A second rating before treatment, at another visit, is needed to say more."
