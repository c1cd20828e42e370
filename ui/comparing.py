"""Comparing in the window: begins and ends it, carries orders to the session and views to the stage."""

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, Qt
from PyQt6.QtGui import QImage, QKeyEvent
from PyQt6.QtWidgets import QWidget

from app.settings import Settings
from core.comparing.lane_wish import LaneWish
from core.comparing.view import MOST_LANES
from core.errors import FathomError
from core.messages import DepthResult, Frame
from ui import file_dialogs
from ui.compare_bar import LAYOUTS, CompareBar
from ui.compare_choice import LaneChoice
from ui.compare_stage import CompareStage
from ui.shortcuts import enable_for

if TYPE_CHECKING:
    from ui.main_window import MainWindow


class Comparing(QObject):
    """Owns the stage of lanes and the window of a lane's choices, which are made when they are first needed: the
    start shall not wait for them. Used by: window thread.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self.is_on = False

    @cached_property
    def stage(self) -> CompareStage:
        stage = CompareStage()
        self._connect_stage(stage)
        self._connect_bar(stage.bar)
        return stage

    @cached_property
    def choice(self) -> LaneChoice:
        choice = LaneChoice(self._window)
        choice.changed.connect(self._change_lane)
        choice.file_asked.connect(self._weights_for)
        choice.models_asked.connect(self._manage_models)
        return choice

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Of the keys, those that are there while lanes are compared and the one that begins it."""
        return {
            "compare": self.toggle,
            **{f"reference_{place}": partial(self.choose_reference, place) for place in range(1, MOST_LANES + 1)},
            **{f"compare_{name}": partial(self._change, compare_layout=name) for name, _, _ in LAYOUTS},
            "hold_other": lambda: self.stage.pair.hold(on=True),
            "next_pair": lambda: self.stage.next_pair(),
            "same_frame": lambda: self.stage.bar.same_frame.click(),
            "compare_range": lambda: self.stage.bar.one_range.click(),
            "compare_picture": lambda: self.stage.bar.picture.click(),
            "compare_chart": lambda: self.stage.bar.chart.click(),
            "add_lane": lambda: self.stage.bar.add.click(),
        }

    # Beginning and end

    def toggle(self) -> None:
        if self.is_on:
            self.leave()
        else:
            self.enter()

    def enter(self) -> None:
        self.is_on = True
        self._window.session.start_comparing()
        self.follow_settings(self._window.session.settings)
        self.tick()
        self._suit_window()

    def leave(self) -> None:
        self.is_on = False
        self._window.session.stop_comparing()
        self.choice.hide()
        self.stage.clear()
        self._suit_window()

    def _suit_window(self) -> None:
        window = self._window
        enable_for(window.actions_by_name, comparing=self.is_on)
        window.stage.show_instead(self.stage if self.is_on else None)
        window.transport.compare.setChecked(self.is_on)
        window.panel.show_comparing(on=self.is_on)
        window.commands.panel_for_now = False
        window.arrange()
        window.show_ruler()
        window.focus_picture()

    # What is new

    def follow_settings(self, settings: Settings) -> None:
        if self.is_on:
            self.stage.set_settings(settings)

    def refresh(self, frame: Frame | None) -> DepthResult | None:
        """Show the newest view and `frame`, just captured; gives the reference lane's result where it is new."""
        before = self._reference_result()
        view = self._window.session.comparison()
        if view is None and self.stage.view is not None:  # it ended by itself, which the banner says
            self.leave()
            return None
        if view is not None and view is not self.stage.view:
            self.stage.show_view(view)
            if self.choice.isVisible() and (lane := view.lane(self.choice.number)) is not None:
                self.choice.show_lane(lane)
        if frame is not None:
            self.stage.show_frame(frame)
        after = self._reference_result()
        return after if after is not before else None

    def tick(self) -> None:
        """Twice a second."""
        session = self._window.session
        models = session.models()
        self.stage.bar.set_models(models)
        self.choice.set_models(models)
        self.choice.set_devices(session.devices())
        self.stage.tick()

    def picture(self) -> QImage:
        """The lanes as they are on the screen."""
        shown: QWidget = self.stage.pair if not self.stage.pair.isHidden() else self.stage.grid
        return shown.grab().toImage()

    def key_released(self, event: QKeyEvent) -> None:
        """A key that shows something as long as it is held."""
        if event.key() == Qt.Key.Key_X and not event.isAutoRepeat():
            self.let_go()

    def let_go(self) -> None:
        """No key is held any more, or the window would not hear of its release."""
        if self.is_on:
            self.stage.pair.hold(on=False)

    # Orders

    def choose_reference(self, place: int) -> None:
        """The lane at `place`, from 1."""
        view = self.stage.view
        if view is not None and place <= len(view.lanes):
            self._window.session.set_reference(view.lanes[place - 1].number)

    def add(self, model: str) -> None:
        """One lane more, with a model or a weights file."""
        view = self.stage.view
        if view is not None and len(view.lanes) >= MOST_LANES:
            self._window.stage.toast.say(f"{MOST_LANES} lanes are the most: remove one first")
            return
        self._order(lambda: self._window.session.add_lane(LaneWish(model)))

    def _change_lane(self, number: int, values: dict[str, str]) -> None:
        self._order(lambda: self._window.session.change_lane(number, **values))

    def _open_choice(self, number: int, under: QWidget) -> None:
        lane = self.stage.view.lane(number) if self.stage.view is not None else None
        if lane is not None:
            self.choice.open_for(lane, under)

    def _weights_for(self, number: int) -> None:
        path = self._pick_weights()
        if path:
            self._change_lane(number, {"model": path})

    def _add_weights(self) -> None:
        path = self._pick_weights()
        if path:
            self.add(path)

    def _pick_weights(self) -> str:
        return file_dialogs.pick_weights(self._window, self._window.commands.folder())

    def _manage_models(self) -> None:
        """Also for a model that is not on this computer: there it is one click away, with its size."""
        self.choice.hide()
        models = self._window.models
        if models.manager.isHidden():
            models.toggle()

    def _order(self, order: Callable[[], object]) -> None:
        try:
            order()
        except FathomError as error:
            self._window.complain(str(error))

    def _change(self, **values: object) -> None:
        self._window.change(**values)

    def _reference_result(self) -> DepthResult | None:
        reference = self.stage.reference
        return reference.result if reference is not None else None

    def _connect_stage(self, stage: CompareStage) -> None:
        window, session = self._window, self._window.session
        stage.lanes.reference_asked.connect(lambda number: session.set_reference(number))
        stage.lanes.removed.connect(lambda number: session.remove_lane(number))
        stage.lanes.retried.connect(lambda number: session.use_lane(number))
        stage.lanes.choice_asked.connect(self._open_choice)
        stage.wipe_dragged.connect(lambda wipe: self._change(wipe=wipe))
        stage.painted.connect(window.figures.note_paint)
        stage.probed.connect(window.status_line.show_probe)
        stage.probed.connect(window.stage.show_probe)

    def _connect_bar(self, bar: CompareBar) -> None:
        bar.changed.connect(lambda values: self._change(**values))
        bar.same_frame_chosen.connect(lambda on: self._window.session.set_same_frame(on=on))
        bar.added.connect(self.add)
        bar.file_asked.connect(self._add_weights)
        bar.models_asked.connect(self._manage_models)
        bar.left.connect(self.leave)
