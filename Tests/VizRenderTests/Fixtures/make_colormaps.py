"""Prints colormaps.txt: the tables of matplotlib that Colormap is held against.

Made with Python 3.11 and matplotlib 3.11.2. One line each: name, 256 colours as RRGGBB.
"""
import matplotlib

for name in ["viridis", "magma"]:
    colors = matplotlib.colormaps[name].colors
    print(name, *("".join(f"{round(255 * v):02X}" for v in color) for color in colors))
