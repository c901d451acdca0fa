"""Front door: the frame and the list of pages this viewer may open. `python -m streamlit run dashboard.py`"""

import streamlit as st

from access import door, practice

PAGES = (
    # file, title, right it asks for
    ("pages/client_progress.py", "Client progress", "client.read"),
    ("pages/record_session.py", "Record a session", "session.write"),
    ("pages/follow_ups.py", "Follow-ups", "session.write"),
    ("pages/injury_outcomes.py", "Injury outcomes", "outcomes.read"),
    ("pages/caseload.py", "Caseload", "caseload.read"),
    ("pages/corrections.py", "Corrections", "record.correct"),
    ("pages/duplicates.py", "One or two people", "client.merge"),
    ("pages/import_records.py", "Import", "import.write"),
    ("pages/settings.py", "Settings", "settings.write"),
    ("pages/care_of_data.py", "Care of the data", "data.care"),
)

st.set_page_config(page_title="Rehab Outcomes", layout="wide")
st.session_state.setdefault(door.FRONT, True)
viewer = door.viewer()
st.set_page_config(page_title=f"{practice.opened().practice_name} · Rehab Outcomes")
offered = [st.Page(file, title=title) for file, title, right in PAGES if viewer.may(right)]
with door.plainly():
    st.navigation(offered, position="top").run()
