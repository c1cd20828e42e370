"""The true inverse depth of a moment, in the order and with the outlines of its picture."""

import numpy as np

from core.messages import DepthArray
from core.opencv import cv2
from core.synthetic.geometry import far_to_near, region_around, rods_far_to_near, sphere_seen, to_fixed
from core.synthetic.scene import Ball, Box, Figure, Moment, Room
from core.synthetic.view import SHIFT, Quad, View

_WHOLE = np.zeros(1)


def true_inverse_depth(room: Room, moment: Moment) -> DepthArray:
    """(H, W) float32, 1 / metres along the camera's axis. Exact but for figures, whose rods are taken as flat."""
    view = moment.view
    depth = np.zeros((view.height_px, view.width_px), np.float32)
    for wall in room.walls:
        _fill_plane(depth, wall, view)
    for item in far_to_near([*room.items, *moment.movers], view.position):
        if isinstance(item, Box):
            for name in item.visible_faces(view.position):
                _fill_plane(depth, item.faces[name], view)
        elif isinstance(item, Ball):
            seen = sphere_seen(item, view, depth.shape)
            if seen is not None:
                depth[seen.region][seen.inside] = seen.inverse_depth[seen.inside]
        else:
            _fill_figure(depth, item, view)
    return depth


def _fill_plane(depth: DepthArray, face: Quad, view: View) -> None:
    outline = view.outline(face.corners)
    region = region_around(outline, depth.shape)
    if region is None:
        return
    mask = np.zeros(depth.shape, np.uint8)
    cv2.fillConvexPoly(mask, to_fixed(outline), 255, cv2.LINE_8, SHIFT)
    down, across = np.mgrid[region].astype(np.float32)
    a, b, c = face.inverse_depth_slopes(view).astype(np.float32)
    inside = mask[region] > 0
    depth[region][inside] = (a * across + b * down + c)[inside]


def _fill_figure(depth: DepthArray, figure: Figure, view: View) -> None:
    for group, strokes in rods_far_to_near(figure, view, _WHOLE, np.zeros(2)):
        for limb, rim in zip(group, strokes[0], strict=True):
            ends_z = view.to_camera(np.array((limb.start, limb.end)))[:, 2]
            near = float(np.mean(1 / (ends_z - 0.8 * np.array((limb.start_m, limb.end_m)))))
            cv2.fillConvexPoly(depth, cv2.convexHull(rim), near, cv2.LINE_8, SHIFT)
