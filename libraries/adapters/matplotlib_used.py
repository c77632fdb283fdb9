"""Draws a figure on import."""

import zlib

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from snakepit import tool

mpl.use("Agg")


def draw(n: int) -> int:
    """Returns a sum of the picture's points."""
    figure = Figure(figsize=(2, 2))
    canvas = FigureCanvasAgg(figure)
    figure.subplots().plot([0, n, 2])
    canvas.draw()
    return zlib.crc32(bytes(canvas.buffer_rgba()))


FIRST = draw(1)


@tool
def answer(n: int) -> int:
    """Draws another."""
    return draw(n)
