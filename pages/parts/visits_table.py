"""Every session of an episode as a table, newest first."""

import pandas as pd
import streamlit as st

ROWS_IN_FULL = 30  # a longer table scrolls within itself
STATUS_WORDS = {"kept": "", "no_show": "no-show", "late_cancel": "late cancel", "booked": "booked"}
CONTACT_WORDS = {
    "kept": "contact",
    "no_show": "contact, not reached",
    "late_cancel": "contact, called off",
    "booked": "contact agreed",
}


def show(sessions: pd.DataFrame) -> None:
    """The rows of `analytics.progress.sessions`; a value we do not have is a dash, never 0."""
    newest_first = sessions.iloc[::-1]
    st.dataframe(
        pd.DataFrame(
            {
                "Visit": newest_first["visit_number"],
                "Date": newest_first["visited_on"],
                "Kind": [_kind(*words) for words in zip(newest_first["kind"], newest_first["status"], strict=True)],
                "Pain before": newest_first["pain_before"],
                "Pain after": newest_first["pain_after"],
                "Between visits": newest_first["pain_between"],
                "Minutes": newest_first["minutes"],
                "Home exercise": [
                    None if pd.isna(done) or pd.isna(asked) else f"{done:g} of {asked:g}"
                    for done, asked in zip(
                        newest_first["exercise_done"], newest_first["exercise_prescribed"], strict=True
                    )
                ],
                "Unwanted effects": newest_first["adverse_reaction"],
                "Note": newest_first["note"],
            }
        ),
        hide_index=True,
        height="content" if len(sessions) <= ROWS_IN_FULL else "auto",
        placeholder="–",
        column_config={"Date": st.column_config.DateColumn(format="D MMM YYYY")},
        alt="Every session of this episode, newest first",
    )


def _kind(kind: str, status: str) -> str:
    if kind == "contact":
        return CONTACT_WORDS[status]
    return STATUS_WORDS[status] or kind.replace("_", "-")
