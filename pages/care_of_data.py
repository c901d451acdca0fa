"""Care of the data: is it safe?"""

import contextlib
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import streamlit as st

from access import door
from charts.words import counted, dated
from pages.parts import figure
from records import backup, calendar, exporting, schedule, store
from records.errors import RecordsError

viewer = door.require("data.care")
here = store.current()
figure.style()

FORMS = {"csv": "CSV files", "xlsx": "Excel workbook", "parquet": "Parquet files"}
DOWNLOAD_MOST_SESSIONS = 20_000  # a download is made in memory; more than that belongs in a folder
SHOWN_PROBLEMS = 500
PROBLEMS = "care_problems"
BACKED_UP = "care_backed_up"
BROUGHT_BACK = "care_brought_back"  # what was said of each restore of this visit, the last one to be shown


@contextlib.contextmanager
def calmly() -> Iterator[None]:
    """What the records room refuses becomes a sentence on the page; the rest of the page stays."""
    try:
        yield
    except RecordsError as refusal:
        st.error(figure.plain(str(refusal)))


def moment(at: dt.datetime) -> str:
    """3 Sep 2026, 14:02."""
    return f"{dated(at.date())}, {at:%H:%M}"


def age(at: dt.datetime) -> str:
    """How old something is, in the largest unit that says it: 12 minutes, 3 hours, 5 days."""
    minutes = max(int((calendar.now() - at).total_seconds() // 60), 0)
    if minutes < 60:
        return counted(minutes, "minute")
    return counted(minutes // 60, "hour") if minutes < 48 * 60 else counted(minutes // (24 * 60), "day")


def megabytes(size: int) -> str:
    """15.0 MB; never 0."""
    return f"{max(size / 1e6, 0.1):,.1f} MB"


def answer(kept: list[backup.Backup], folder: Path) -> None:
    """Whether there is a good backup, how old it is and where it lies; then what is not well about that."""
    if not kept:
        st.markdown(
            ":orange[**Not yet.**] There is no good backup. One is made by itself while this app runs; you need not"
            " wait for it.",
            width=740,
        )
    else:
        now = calendar.now()
        newest = next((each for each in kept if each.made_at <= now), None)
        if newest is None:
            said = (
                ":orange[**It cannot be told how old.**] The last good backup is dated"
                f" {moment(kept[-1].made_at)}, later than this computer's clock."
            )
        else:
            stale = now - newest.made_at > backup.STALE_AFTER
            word = ":orange[**Not well enough.**]" if stale else ":green[**Yes.**]"
            said = f"{word} The last good backup is **{age(newest.made_at)} old** ({moment(newest.made_at)})."
        st.markdown(f"{said} It was opened again and read to the last value before it counted.", width=740)
    troubles = []
    if failed := schedule.last_problem():
        troubles.append(f"The backup by itself failed on {moment(failed.at)}: {failed.words}")
    if backup.folder_is_gone(here):
        troubles.append(
            f"The backup folder {folder} is not there, and what lies in it cannot be seen: its disk may not be"
            " connected. Connect it, or choose another folder under Settings."
        )
    elif backup.on_the_same_disk(here, folder):
        troubles.append(
            "The backups lie on the same disk as the records. They help against a mistake or a damaged file, not"
            " against a disk that breaks or a computer that is stolen. Choose a folder on another disk under Settings."
        )
    if any(each.made_at > calendar.now() for each in kept):
        troubles.append(
            "Some backups are dated later than this computer's clock: it was wrong then, or is now. Set it right if it"
            " is wrong. Until it has caught up with them, no old backup is deleted."
        )
    if kept and kept[0].problems:
        troubles.append(
            f"When they were last copied, the records had {counted(kept[0].problems, 'problem')}: check the records."
        )
    for trouble in troubles:
        st.markdown(f":orange[{figure.plain(trouble)}]", width=740)


def why_kept(each: backup.Backup, why: dict[Path, tuple[str, ...]]) -> str:
    """What a backup is kept for, as the table says it."""
    if not backup.OUR_NAME.fullmatch(each.file.name):
        return "made by hand"
    return ", ".join(why[each.file]) or "until the next one"


def show_kept(kept: list[backup.Backup], folder: Path) -> None:
    """The backups there are, newest first."""
    st.header("Backups kept", anchor=False)
    figure.quiet(
        f"In {folder}. One a day by itself while this app runs; kept are those of the last {backup.KEPT_DAYS} days,"
        f" {backup.KEPT_WEEKS} weeks and {backup.KEPT_MONTHS} months that have one.",
        width=740,
    )
    if not kept:
        figure.quiet("None yet.")
        return
    why = backup.tiers([each for each in kept if backup.OUR_NAME.fullmatch(each.file.name)])
    st.dataframe(
        pd.DataFrame(
            {
                "Made": [each.made_at for each in kept],
                "Kept for": [why_kept(each, why) for each in kept],
                "Sessions": [each.tables["session"].rows for each in kept],
                "Size": [megabytes(each.size) for each in kept],
                "File": [each.file.name for each in kept],
            }
        ),
        hide_index=True,
        column_config={
            "Made": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
            "Sessions": st.column_config.NumberColumn(format="localized"),
            "File": st.column_config.TextColumn(width="large"),
        },
        alt="Backups kept, newest first: when each was made, what it is kept for, sessions, size and file",
    )


def lost_since(chosen: backup.Backup) -> str:
    """What bringing a backup back takes out of the records, in words."""
    actions, last = backup.saved_since(here, chosen)
    if not actions:
        return f"Nothing was saved since {moment(chosen.made_at)}; bringing it back changes no record."
    return (
        f"Since {moment(chosen.made_at)}, {counted(actions, 'change')} {'was' if actions == 1 else 'were'} saved, the"
        f" last on {moment(last)}. The records would be without {'it' if actions == 1 else 'them'}. The file as it"
        " stands now is kept beside the records, and nothing of it is deleted. Whoever else has a page open may have"
        " to load it again."
    )


def bring_back(kept: list[backup.Backup]) -> None:
    """Choose a backup, read what would be lost, confirm, and have it put in the place of the records."""
    st.header("Bring a backup back", anchor=False)
    done = st.session_state.setdefault(BROUGHT_BACK, [])
    if done:
        st.success(figure.plain(done[-1]))
    if not kept:
        figure.quiet("There is no backup to bring back yet.")
        return
    by_name = {each.file.name: each for each in kept}
    name = st.selectbox(
        "Backup",
        list(by_name),
        format_func=lambda name: (
            f"{moment(by_name[name].made_at)}: {counted(by_name[name].tables['session'].rows, 'session')}"
        ),
        key=f"care_chosen_{next(iter(by_name))}",  # a newer backup is the one chosen
        width=520,
    )
    st.markdown(figure.plain(lost_since(by_name[name])), width=740)
    sure = st.checkbox("Yes, put this backup in the place of the records", key=f"care_sure_{len(done)}")
    if st.button("Bring it back", key="bring_back"):
        if not sure:
            st.error("Nothing was changed. Tick the box above first: the backup takes the place of the records.")
            return
        with st.spinner("The backup is read, copied and compared"):
            restored = backup.restore_served(viewer, by_name[name].file)
        st.session_state.pop(PROBLEMS, None)
        kept_as = (
            f" The file they replaced is kept as {restored.replaced.name} beside them." if restored.replaced else ""
        )
        done.append(f"The records are as they were on {moment(restored.made_at)}.{kept_as}")
        st.rerun()


def check() -> None:
    """Read every record, and say what should not be."""
    st.header("Check the records", anchor=False)
    figure.quiet(
        "Reads everything: that each record belongs to one that is there, that values are possible, and that nobody"
        " changed the trail. It repairs nothing.",
        width=740,
    )
    if st.button("Check the records", key="check_records"):
        with st.spinner("Every record is read"):
            st.session_state[PROBLEMS] = (here.path, here.version, here.integrity())
    path, version, problems = st.session_state.get(PROBLEMS, (None, None, None))
    if problems is None or (path, version) != (here.path, here.version):
        return
    if problems.empty:
        st.success("All is well: every record belongs to one that is there, and the trail holds.")
        return
    st.warning(
        f"{counted(len(problems), 'thing')} should not be so. Nothing was changed. A backup from before may be without"
        " them; somebody who knows the records can correct or withdraw them one by one."
    )
    st.dataframe(
        problems.head(SHOWN_PROBLEMS).rename(
            columns={"problem": "What is wrong", "table_name": "In", "row_id": "Record"}
        ),
        hide_index=True,
        placeholder="–",
        column_config={"Record": st.column_config.NumberColumn(format="%d")},
        alt="What should not be in the records: problem, table and record",
    )
    if len(problems) > SHOWN_PROBLEMS:
        figure.quiet(f"The first {SHOWN_PROBLEMS:,} of {len(problems):,}.")


def take_out() -> None:
    """Everything out: into a folder, or as a download."""
    st.header("Take everything out", anchor=False)
    st.markdown(
        "Every record, also withdrawn ones, with the trail and a data dictionary that says what each column means."
        " Another program can read it, and this one can make the same records of it again. These are health records:"
        " keep what you take out as you keep the file.",
        width=740,
    )
    form = st.segmented_control(
        "Form", list(FORMS), format_func=FORMS.get, default="csv", required=True, key="care_form"
    )
    sessions = int(store.open_for(viewer).read("SELECT count(*) AS n FROM visible_session")["n"].iloc[0])
    if sessions <= DOWNLOAD_MOST_SESSIONS:
        st.download_button(
            "Download as one file",
            data=lambda: exporting.zipped(here, viewer, form),
            file_name=f"practice-{calendar.today():%Y-%m-%d}-{form}.zip",
            mime="application/zip",
            key="care_download",
            on_click="ignore",
        )
    else:
        figure.quiet(
            f"{sessions:,} sessions are too many for a download (at most {DOWNLOAD_MOST_SESSIONS:,}); write them into a"
            " folder.",
            width=740,
        )
    with st.form("care_export", width=740):
        to = st.text_input(
            "Or into a new folder on this computer",
            placeholder=str(here.path.parent / f"export-{calendar.today():%Y-%m-%d}"),
            key="care_folder",
        )
        if st.form_submit_button("Write into this folder", key="care_write"):
            if not to.strip():
                st.error("Nothing was written. Name the folder first, with its whole path.")
                return
            if not Path(to.strip()).expanduser().is_absolute():
                st.error("Nothing was written. Name the folder with its whole path, from the disk on.")
                return
            with st.spinner("Everything is written"):
                files = exporting.export(here, viewer, Path(to.strip()), form)
            size = sum(file.stat().st_size for file in files)
            st.success(
                figure.plain(f"Everything is in {to.strip()}: {counted(len(files), 'file')}, {megabytes(size)}.")
            )


st.title("Is the data safe?", anchor=False)
if said := st.session_state.pop(BACKED_UP, None):
    st.success(figure.plain(said))
if here.is_sample:
    st.markdown(
        "This practice is invented and made again each day, so there is nothing to keep safe. With records of your own"
        " this page says how old the last good backup is and where it lies, brings one back, and makes one when you"
        " ask. What you can try here: check the records, and take everything out.",
        width=740,
    )
else:
    folder = backup.folder_of(here)
    kept = backup.kept_for(here)
    answer(kept, folder)
    with calmly():
        if st.button("Back up now", key="go_backup", type="primary"):
            with st.spinner("The records are copied, and the copy is read to the last value"):
                made = backup.backup_now(here, viewer)
            st.session_state[BACKED_UP] = f"Backed up as {made.file.name}, opened again and read to the last value."
            st.rerun()
    show_kept(kept, folder)
    with calmly():
        bring_back(kept)
with calmly():
    take_out()
with calmly():
    check()
