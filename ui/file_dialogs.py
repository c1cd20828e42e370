"""The only dialogs there are: a person picks a file or a folder."""

from PyQt6.QtWidgets import QFileDialog, QWidget

_MEDIA = (
    "Videos, recordings and pictures (*.mp4 *.mov *.mkv *.webm *.avi *.m4v *.mpg *.mpeg *.ts *.wmv *.flv *.gif "
    "*.png *.jpg *.jpeg *.bmp *.tif *.tiff *.webp)"
)
_ALL = "All files (*)"


def pick_media(parent: QWidget, folder: str) -> str:
    """The path of a video or picture; empty when the person thought better of it."""
    path, _ = QFileDialog.getOpenFileName(
        parent, "Open a video, recording or picture", folder, f"{_MEDIA};;{_ALL}"
    )
    return path


def pick_folder(parent: QWidget, folder: str) -> str:
    return QFileDialog.getExistingDirectory(parent, "Open a folder of pictures", folder)


def pick_record_folder(parent: QWidget, folder: str) -> str:
    return QFileDialog.getExistingDirectory(parent, "Choose the folder of recordings", folder)


def pick_weights(parent: QWidget, folder: str) -> str:
    return QFileDialog.getOpenFileName(
        parent, "Open the weights of a network", folder, f"Weights (*.pt *.safetensors);;{_ALL}"
    )[0]


def pick_converted(parent: QWidget, proposed: str) -> str:
    """Where a converted model goes; the dialog asks before a file that is there is given."""
    return QFileDialog.getSaveFileName(
        parent, "Convert to Fathom’s own format", proposed, "Weights (*.safetensors)"
    )[0]
