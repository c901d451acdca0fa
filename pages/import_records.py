"""Import: can I bring my history in, see what becomes of every row first, and take it all back?"""

import contextlib
from collections.abc import Iterator

import streamlit as st

from access import door, practice
from charts.words import counted
from pages.parts import figure
from records import importing, store
from records.errors import RecordsError

viewer = door.require("import.write")
window = store.open_for(viewer)
figure.style()

SHOWN_ROWS = 2_000  # of the table of fates: a browser with 100,000 rows helps nobody
SHOWN_COLUMNS = ["Row", "Column", "Value", "Reason"]
FILE_ENDINGS = ["csv", "tsv", "txt", "xlsx", "xls"]
OWN_PROFILE = "my own profile (a .toml file)"
FATES = ("refused", "corrected", "duplicate", "accepted")
PAST_BATCHES = """
-- Imports, newest first. One row per import.
SELECT batch_id, imported_at, profile, file_names, accepted + corrected AS written, duplicate, refused, undone_at
FROM visible_import_batch
ORDER BY imported_at DESC, batch_id DESC
LIMIT 50
"""


@contextlib.contextmanager
def calmly() -> Iterator[None]:
    """What the records room refuses becomes a sentence on the page; the rest of the page stays."""
    try:
        yield
    except RecordsError as refusal:
        st.error(str(refusal))


def start_with_own_records() -> None:
    """Leave the invented practice for an empty one of one's own."""
    st.write(
        "You are looking at an invented practice, so there is nothing to import into. Start with your own records: an"
        " empty practice on this computer, into which you can bring your history."
    )
    with st.form("start_own", width=520):
        name = st.text_input("Name of the practice", max_chars=120)
        if st.form_submit_button("Start with my own records", key="go_start_own", type="primary"):
            if not name.strip():
                st.error("The practice has no name yet. Write one above; it can be changed later.")
                return
            with calmly():
                practice.start_own(name.strip())
                st.rerun()


def chosen_profile() -> importing.Profile | None:
    """The profile picked, or None while there is none."""
    name = st.selectbox("Profile: what the columns mean", [*importing.shipped(), OWN_PROFILE], key="profile", width=520)
    if name != OWN_PROFILE:
        profile = importing.load(name)
    else:
        own = st.file_uploader("Profile file", type=["toml"], key="own_profile", width=520)
        if own is None:
            return None
        profile = importing.parse(own.name, own.getvalue().decode("utf-8", errors="replace"))
    figure.quiet(profile.about.strip().replace("\n", " "), width=740)
    return profile


def look_at_every_row(uploads: list, profile: importing.Profile) -> None:
    """Read the files and remember what would become of them."""
    bar = st.progress(0.0, "The files are read")
    files = [importing.File(upload.name, upload.getvalue()) for upload in uploads]
    try:
        st.session_state["review"] = importing.review(
            store.current(),
            viewer,
            files,
            profile,
            progress=lambda share, words: bar.progress(share, words),
            # The browser checks the size too, but a browser can be told not to.
            max_bytes=st.get_option("server.maxUploadSize") * 2**20,
        )
    finally:
        bar.empty()


def counts_sentence(counts: importing.Counts) -> str:
    """What becomes of the rows, in one sentence."""
    aside = (
        f" {counted(counts.set_aside, 'row')} set aside, because the profile does not ask for them."
        if counts.set_aside
        else ""
    )
    return (
        f"**{counted(counts.rows, 'row')}** about **{counted(counts.people, 'person', 'people')}**:"
        f" {counts.accepted:,} accepted, {counts.corrected:,} corrected, {counts.duplicate:,} duplicate,"
        f" {counts.refused:,} refused.{aside}"
    )


def written_sentence(counts: importing.Counts) -> str:
    """What was written, and what was not."""
    written = counts.accepted + counts.corrected
    refused = (
        f" {counted(counts.refused, 'row')} refused: correct them and import the file again." if counts.refused else ""
    )
    return f"{written:,} of {counted(counts.rows, 'row')} written.{refused}"


def show_review(found: importing.Review, written: bool) -> None:
    """Counts, every row's fate, and the button that writes; after writing, what became of them."""
    st.header("What became of each row" if written else "What would become of each row", anchor=False)
    st.markdown(counts_sentence(found.counts), width=740)
    present = [fate for fate in FATES if getattr(found.counts, fate)]
    fate = st.segmented_control("Show rows that are", present, default=present[0], required=True, key="shown_fate")
    rows = found.fates[found.fates["fate"] == fate]
    st.dataframe(
        rows.head(SHOWN_ROWS).rename(columns=str.capitalize),
        hide_index=True,
        column_order=(["File"] if len(found.file_names) > 1 else []) + SHOWN_COLUMNS,
        column_config={"Reason": st.column_config.TextColumn(width=520)},
        row_height=80 if rows["reason"].notna().any() else None,  # a high row breaks its text into lines
        placeholder="–",
        alt=f"Every row that is {fate}: file, row, column, value and reason",
    )
    if len(rows) > SHOWN_ROWS:
        figure.quiet(f"The first {SHOWN_ROWS:,} of {len(rows):,} lines.")
    if written:
        return
    writable = found.counts.accepted + found.counts.corrected
    if not writable:
        st.info("There is nothing new to write.")
    elif st.button(f"Accept: write {counted(writable, 'row')}", key="go_accept", type="primary"):
        batch = importing.accept(found)
        st.session_state["import_said"] = (
            "Nothing new to write; the records are as they were."
            if batch.batch_id is None
            else f"{written_sentence(batch.counts)} It can be taken back below."
        )
        st.session_state["review_written"] = True
        st.rerun()


def show_past() -> None:
    """Earlier imports, and taking one back."""
    past = window.read(PAST_BATCHES)
    st.header("Earlier imports", anchor=False)
    if past.empty:
        figure.quiet("None yet.")
        return
    st.dataframe(
        past.drop(columns="batch_id").rename(columns=lambda name: name.replace("_", " ").capitalize()),
        hide_index=True,
        placeholder="–",
        column_config={
            "Imported at": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
            "Undone at": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
        },
        alt="Earlier imports, newest first",
    )
    standing = past[past["undone_at"].isna()].set_index("batch_id")
    if standing.empty:
        return
    with st.form("undo", width=740):
        batch_id = st.selectbox(
            "Take an import back",
            standing.index.tolist(),
            format_func=lambda number: (
                f"{standing.at[number, 'imported_at']:%d %b %Y, %H:%M}: {standing.at[number, 'file_names']}"
                f" ({counted(int(standing.at[number, 'written']), 'row')})"
            ),
            key="undo_batch",
        )
        sure = st.checkbox("Yes, take back everything this import wrote", key="undo_sure")
        if st.form_submit_button("Undo this import", key="undo_import"):
            if not sure:
                st.error("Nothing was taken back. Tick the box above first: every record of that import will go.")
                return
            importing.undo(store.current(), viewer, batch_id)
            st.session_state["import_said"] = "The import was taken back. Its files can be imported again."
            st.session_state.pop("review", None)
            st.rerun()


st.title("Bring my records in", anchor=False)
if store.current().is_sample:
    start_with_own_records()
    st.stop()
if said := st.session_state.pop("import_said", None):
    st.success(said)
st.write(
    "Choose the files and the profile that says what their columns mean. You see what would become of every row before"
    " anything is written, and every import can be taken back as a whole."
)
uploads = st.file_uploader(
    "Files: one, or all linked tables together", type=FILE_ENDINGS, accept_multiple_files=True, key="files", width=520
)
with calmly():
    profile = chosen_profile()
    if st.button("Look at every row", key="review_rows", disabled=not uploads or profile is None):
        st.session_state.pop("review", None)
        st.session_state.pop("review_written", None)
        look_at_every_row(uploads, profile)
    if "review" in st.session_state and st.session_state["review"].store is store.current():
        show_review(st.session_state["review"], "review_written" in st.session_state)
with calmly():
    show_past()
