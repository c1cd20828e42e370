"""Where each choice of a person goes: the signals of the window's parts, and what they ask for."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.main_window import MainWindow


def connect(window: "MainWindow") -> None:
    """Once, when all parts are made. Used by: window thread."""
    stage, panel, transport = window.stage, window.panel, window.transport
    session, commands, models = window.session, window.commands, window.models
    stage.viewport.painted.connect(window.figures.note_paint)
    stage.viewport.probed.connect(window.status_line.show_probe)
    stage.viewport.wipe_dragged.connect(lambda wipe: window.change(wipe=wipe))
    stage.banner.acted.connect(session.do)
    stage.banner.dismissed.connect(session.dismiss)
    transport.asked.connect(lambda name: window.actions_by_name[name].trigger())
    transport.seek_bar.sought.connect(session.seek)
    transport.loop_chosen.connect(lambda on: window.change(loop=on))
    for opened in (panel.source.address, panel.model.fetch):
        opened.left.connect(window.focus_picture)
    for sheet in (window.help_sheet, models.manager):
        sheet.closed.connect(window.focus_picture)
    panel.changed.connect(lambda values: window.change(**values))
    panel.compare.asked.connect(window.comparing.toggle)
    panel.source.picker.chosen.connect(window.open_source)
    panel.source.picker.file_asked.connect(commands.open_file)
    panel.source.picker.folder_asked.connect(commands.open_folder)
    panel.source.address.entered.connect(window.open_source)
    panel.model.picker.file_asked.connect(models.run_file)
    panel.model.picker.manager_asked.connect(models.toggle)
    panel.model.recorded.asked.connect(lambda on: session.run_model(on=on))
    panel.model.fetch.accepted.connect(session.fetch_model)
    panel.model.fetch.paused.connect(session.pause_fetch)
    panel.recording.folder_asked.connect(commands.choose_record_folder)
    panel.recording.save_asked.connect(commands.save_last)
    panel.range.lock_chosen.connect(commands.lock)
    panel.range.range_typed.connect(commands.set_range)
    panel.range.fit_asked.connect(commands.fit_range)
