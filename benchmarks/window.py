"""How soon the window is up, and how quickly it answers clicks while a slow network runs.

    .venv/bin/python benchmarks/window.py start
    .venv/bin/python benchmarks/window.py clicks --model base.pt --source clip.mp4 --button panel --seconds 20
    .venv/bin/python benchmarks/window.py rate --model fathom-nano --seconds 15

`start` runs the program several times in processes of their own and prints the time from the start of the process
to the first paint of the window. `clicks` presses a button ten times a second from another thread, as the window
system would, and prints how long each press waits until its slot has run and what that posted (layout, paint) is
done: `view` goes on to the next view, `panel` shows or hides the panel, which lays the whole window out anew.
`rate` presses nothing and prints how many results a second come to the window; `demo` is the demo's clip at 60
frames a second there, so that the network is what limits it. All need a display.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from fractions import Fraction
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

PRESS_EVERY_S = 0.1
FAST_FPS = 60
BUTTONS = ("view", "panel")

# Runs in a fresh process: the clock starts where the kernel says the process did.
FIRST_PAINT = """
import os, sys, time
started_s = int(open("/proc/self/stat").read().rsplit(")", 1)[1].split()[19]) / os.sysconf("SC_CLK_TCK")
from PyQt6.QtCore import QEvent, QObject
import ui.main_window as m
class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.UpdateRequest and isinstance(watched, m.MainWindow):
            now_s = time.clock_gettime(time.CLOCK_BOOTTIME)
            print(now_s - started_s, "torch" in sys.modules, flush=True)
            os._exit(0)
        return False
import main, app.cli
show = m.MainWindow.showEvent
def shown(self, event):
    self.watch = Watch()
    self.installEventFilter(self.watch)
    show(self, event)
m.MainWindow.showEvent = shown
app.cli.main(["live", "demo", "--exit-after", "30"], main.show_window)
"""


def measure_start(runs: int) -> None:
    times_s = []
    for _ in range(runs):
        done = subprocess.run(
            [sys.executable, "-c", FIRST_PAINT], cwd=ROOT, capture_output=True, text=True, check=True
        )
        time_s, torch_was_imported = done.stdout.split()
        times_s.append(float(time_s))
        print(f"first paint after {float(time_s):.2f} s, torch imported: {torch_was_imported}")
    print(f"median {statistics.median(times_s):.2f} s, worst {max(times_s):.2f} s")


def fast_demo(folder: Path) -> str:
    """The demo's clip, the same frames at `FAST_FPS`, in a file of `folder`."""
    import av

    path = folder / "demo.mp4"
    with av.open(str(ROOT / "assets" / "demo.mp4")) as clip, av.open(str(path), "w") as fast:
        stream = fast.add_stream_from_template(clip.streams.video[0])
        packets = [packet for packet in clip.demux(video=0) if packet.dts is not None]  # no B-frames: in order
        for number, packet in enumerate(packets):
            packet.stream, packet.time_base = stream, Fraction(1, FAST_FPS)
            packet.pts = packet.dts = number
            packet.duration = 1
            fast.mux(packet)
    return str(path)


def measure_live(settings: dict[str, str], button: str | None, seconds: float) -> None:
    """With `button` None nothing is pressed."""
    from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal

    from app.session import Session
    from app.settings import Settings
    from core import allocator, openmp
    from ui.application import make_application, take_apart
    from ui.bridge import Bridge
    from ui.main_window import MainWindow

    class Finger(QObject):
        press = pyqtSignal(float)

    # As the program does.
    allocator.keep_memory()
    openmp.wait_briefly()
    app = make_application()
    bridge = Bridge()
    window = MainWindow(Session(Settings(**settings, loop=True), bridge.wake, None), bridge)
    views = ("depth", "overlay", "side", "colour", "wipe")
    waits_ms: list[float] = []
    over = threading.Event()

    def pressed(pressed_at_s: float) -> None:
        if button == "panel":
            window.actions_by_name["panel"].trigger()
        else:
            window.change(view=views[len(waits_ms) % len(views)])
        QTimer.singleShot(0, lambda: waits_ms.append(1e3 * (time.monotonic() - pressed_at_s)))

    def press_often() -> None:
        while not over.wait(PRESS_EVERY_S):
            if window.painted:  # the model runs
                finger.press.emit(time.monotonic())

    finger = Finger()
    finger.press.connect(pressed, Qt.ConnectionType.QueuedConnection)
    presser = threading.Thread(target=press_often)
    window.show()
    if button is not None:
        presser.start()

    def end() -> None:
        over.set()
        if button is not None:
            presser.join()
        QTimer.singleShot(0, window.close)  # after the presses that lie in the queue

    QTimer.singleShot(round(1e3 * seconds), end)
    app.exec()
    result, painted = window.newest, window.painted
    take_apart(app, window)
    if result is None:
        sys.exit(f"no depth within {seconds:g} s: give more --seconds")
    print(
        f"{result.model.name} {result.model.precision} at {result.network_hw[0]}x{result.network_hw[1]}: "
        f"{result.infer_ms:.0f} ms a frame after {result.waited_ms:.0f} ms in the queue, "
        f"{result.rates.depth_fps:.1f} depth results a second, {painted} painted"
    )
    if waits_ms:
        p95_ms = statistics.quantiles(waits_ms, n=20, method="inclusive")[-1]
        print(
            f"{len(waits_ms)} clicks on {button}: median {statistics.median(waits_ms):.1f} ms, "
            f"p95 {p95_ms:.1f} ms, worst {max(waits_ms):.1f} ms"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("start", "clicks", "rate"))
    parser.add_argument("--model", default="fathom-nano")
    parser.add_argument("--source", default="demo")
    parser.add_argument("--size", default="256")
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--button", choices=BUTTONS, default="view", help="what is pressed")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    if args.what == "start":
        measure_start(args.runs)
        return
    settings = {name: getattr(args, name) for name in ("model", "source", "size", "precision")}
    if args.what == "clicks":
        measure_live(settings, args.button, args.seconds)
        return
    with tempfile.TemporaryDirectory() as folder:
        if args.source == "demo":
            settings["source"] = fast_demo(Path(folder))
        measure_live(settings, None, args.seconds)


if __name__ == "__main__":
    main()
