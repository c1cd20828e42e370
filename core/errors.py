"""Every error a person can cause or meet, each with one clear line: wanted, got, what to do."""


class FathomError(Exception):
    """Base of all errors Fathom raises on purpose; `str(error)` is the line a person reads."""


class SettingError(FathomError):
    """A setting or command-line value that is out of its limits or not understood."""


class SourceError(FathomError):
    """A camera, file, stream or folder that cannot be opened or read."""


class WeightsError(FathomError):
    """A model file that is missing, damaged, foreign or unsafe; nothing was loaded."""


class ModelNotFetched(WeightsError):  # noqa: N818 - what there is to do, not what broke
    """A published model whose weights are not on this computer; `name` and `size_bytes` say what to fetch."""

    def __init__(self, name: str, size_bytes: int) -> None:
        self.name = name
        self.size_bytes = size_bytes
        super().__init__(
            f"{name} is not on this computer: fetch it ({size_bytes / 1e6:.0f} MB) with `models fetch {name}`, "
            "or pick it in the window"
        )


class EngineError(FathomError):
    """The network could not be built or run on the device and precision asked for."""


class OutOfMemory(EngineError):  # noqa: N818 - what happened
    """The device has not enough memory for this network at this size; a smaller one may fit."""


class DeviceLost(EngineError):  # noqa: N818 - what happened
    """The device fails at everything: unplugged, reset, or broken by an earlier fault. Another one has to do."""


class NoSuchDevice(EngineError):  # noqa: N818 - what there is to do, not what broke
    """The device asked for is none of this machine's; any other will do."""


class NonFinite(EngineError):  # noqa: N818 - what the result was
    """The network gave a result that is not finite: nothing to show, and a reason to compute more safely."""


class RecordingError(FathomError):
    """A picture, depth file or video that could not be written."""


class TrainingError(FathomError):
    """A training that cannot begin, go on or be written."""


class WindowError(FathomError):
    """The window cannot be shown on this machine."""
