#!/usr/bin/env python3
"""Makes the sample pictures of this folder; the same bytes every time.

Needs Python 3.9 or newer, numpy and Pillow (made with Python 3.11.7, numpy 2.4.6, Pillow 13.0.0):

    python3 -m venv /tmp/samples-venv
    /tmp/samples-venv/bin/pip install numpy==2.4.6 pillow==13.0.0
    /tmp/samples-venv/bin/python samples/make.py

Other versions may compress differently; the pixels before compression come from seeded generators.
"""

from pathlib import Path

import numpy as np
from PIL import Image

FOLDER = Path(__file__).resolve().parent


def smoothstep(low, high, x):
    """0 below `low`, 1 above `high`, a smooth ramp between."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def mix(a, b, t):
    """`a` where t is 0, `b` where it is 1; t is a map, the others colours or pictures."""
    t = np.asarray(t)[..., None]
    return a * (1 - t) + b * t


def value_noise(rng, x, y, size=256):
    """Smooth noise 0…1 at real coordinates: random values on a lattice, blended between."""
    lattice = rng.random((size, size))
    x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
    u, v = x - x0, y - y0
    u, v = u * u * (3 - 2 * u), v * v * (3 - 2 * v)

    def at(i, j):
        return lattice[(y0 + j) % size, (x0 + i) % size]

    top = at(0, 0) * (1 - u) + at(1, 0) * u
    bottom = at(0, 1) * (1 - u) + at(1, 1) * u
    return top * (1 - v) + bottom * v


def cloud_noise(rng, x, y, octaves=5, gain=0.5):
    """Noise 0…1 of several scales, each half as large and `gain` as strong as the one before."""
    total, weight, amplitude = 0.0, 0.0, 1.0
    for octave in range(octaves):
        total = total + amplitude * value_noise(rng, x * 2**octave, y * 2**octave)
        weight += amplitude
        amplitude *= gain
    return total / weight


def blurred(picture, radius):
    """A Gaussian-like blur by three box means, edges extended; for soft masks."""
    for _ in range(3):
        for axis in (0, 1):
            pad = [(0, 0)] * picture.ndim
            pad[axis] = (radius + 1, radius)
            sums = np.cumsum(np.pad(picture, pad, mode="edge"), axis=axis)
            n = picture.shape[axis]
            high = np.take(sums, np.arange(2 * radius + 1, 2 * radius + 1 + n), axis=axis)
            low = np.take(sums, np.arange(0, n), axis=axis)
            picture = (high - low) / (2 * radius + 1)
    return picture


def color(hexadecimal):
    """0xRRGGBB as three numbers 0…1."""
    return np.array([(hexadecimal >> shift & 255) / 255 for shift in (16, 8, 0)])


# --- lane.jpg ---------------------------------------------------------------------------------

LANE_WIDTH, LANE_HEIGHT, OVERSAMPLING = 960, 540, 2
HORIZON = 0.455  # of the height


def lane():
    """A country road from behind a windscreen, late in the afternoon."""
    rng = np.random.default_rng(20)
    width, height = LANE_WIDTH * OVERSAMPLING, LANE_HEIGHT * OVERSAMPLING
    v, u = np.mgrid[0:height, 0:width]
    x = (u + 0.5) / height - width / height / 2  # −0.89 … 0.89, 0 in the middle
    y = (v + 0.5) / height  # 0 above, 1 below
    picture = sky(rng, x, y)
    picture = hills(rng, picture, x, y)
    picture = ground(rng, picture, x, y)
    picture = roadside(rng, picture, x, y)
    picture = windscreen(picture, x, y)
    picture = picture.reshape(LANE_HEIGHT, OVERSAMPLING, LANE_WIDTH, OVERSAMPLING, 3).mean((1, 3))
    picture = sensor(rng, picture)
    Image.fromarray(picture).save(
        FOLDER / "lane.jpg", quality=88, subsampling=0, optimize=True,
        comment=b"Made by samples/make.py of vizcnn")


def sky(rng, x, y):
    t = np.clip(y / HORIZON, 0, 1)
    picture = mix(color(0x3F77B4), color(0x9FC3E3), smoothstep(0, 0.8, t))
    picture = mix(picture, color(0xF2E3CB), smoothstep(0.55, 1.0, t) * 0.9)
    sun = np.exp(-((x - 0.42) ** 2 + (y - HORIZON + 0.06) ** 2 * 3) / 0.09)
    picture = mix(picture, color(0xFFF1D0), 0.75 * sun)
    # Clouds lie on a plane above: their noise is stretched towards the horizon.
    depth = 0.12 / (HORIZON + 0.09 - np.minimum(y, HORIZON))
    cx, cy = x * depth * 13 + 7, depth * 16
    shape = cloud_noise(rng, cx, cy, 6)
    lit = cloud_noise(np.random.default_rng(20), cx + 0.25, cy + 0.3, 6)
    cover = smoothstep(0.5, 0.68, shape) * smoothstep(1.02, 0.72, t)
    shade = np.clip(0.5 + (shape - lit) * 3.2, 0, 1)
    clouds = mix(color(0xAFB8C6), color(0xFFFAF0), shade)
    return mix(picture, clouds, cover * 0.92)


def hills(rng, picture, x, y):
    haze = color(0xB9C6D2)
    layers = [
        (0.072, 1.7, 0x6F8798, 0.55), (0.046, 3.1, 0x587265, 0.34), (0.022, 5.5, 0x46603F, 0.14)]
    for index, (rise, frequency, tone, mist) in enumerate(layers):
        ridge = cloud_noise(rng, x * frequency + 11 * index, np.zeros_like(x) + index, 5)
        tufts = cloud_noise(rng, x * 60, np.zeros_like(x) + 3 * index, 3) * 0.006 * index
        top = HORIZON - rise * (0.35 + 1.1 * ridge) - tufts
        texture = cloud_noise(rng, x * 45 * (1 + index), y * 90 * (1 + index), 4)
        surface = color(tone) * (0.72 + 0.56 * texture[..., None])
        surface = mix(surface, haze, np.full_like(x, mist))
        picture = mix(picture, surface, smoothstep(0, 0.0015, y - top))
    return picture


def road_coordinates(x, y):
    """Distance ahead and sideways offset on the flat ground for every pixel below the horizon.

    Units are lane widths; the camera is one above the ground, in the middle of the right lane.
    """
    below = np.maximum(y - HORIZON, 1e-4)
    ahead = 0.42 / below
    bend = 0.0145 * np.minimum(ahead, 60) ** 2 * 0.42
    sideways = x * ahead * 0.98 - bend
    return ahead, sideways


def ground(rng, picture, x, y):
    ahead, sideways = road_coordinates(x, y)
    far = smoothstep(14, 60, ahead)
    meadow = cloud_noise(rng, sideways * 1.1 + 40, ahead * 0.8, 5, 0.62)
    blades = cloud_noise(rng, sideways * 22, ahead * 9, 3, 0.7)
    grass = mix(color(0x4A5F28), color(0x95964C), smoothstep(0.3, 0.72, meadow))
    grass = grass * (0.62 + 0.72 * mix(blades[..., None], np.array([0.5]), far))
    gravel = mix(color(0x8A7B66), color(0xB0A28B), cloud_noise(rng, sideways * 40, ahead * 30, 3))
    asphalt = asphalt_surface(rng, ahead, sideways, far)

    soft = 0.012 + ahead * 0.0035
    wobble = (cloud_noise(rng, ahead * 2.2, sideways * 0 + 5, 3) - 0.5) * 0.18
    edge = np.abs(sideways + 0.5) - 1.24
    surface = mix(asphalt, gravel, smoothstep(-soft, soft, edge + wobble * 0.25))
    surface = mix(surface, grass, smoothstep(-0.08, 0.1, edge - 0.16 + wobble))
    surface = markings(rng, surface, ahead, sideways, soft)
    surface = surface * shadows(rng, ahead, sideways)[..., None]
    surface = mix(surface, color(0xC9CCC6), smoothstep(8, 75, ahead) * 0.62)
    # Low sun: the road brightens towards it.
    glow = np.exp(-((x - 0.3) ** 2) / 0.12) * smoothstep(4, 28, ahead)
    surface = mix(surface, color(0xFFF0D2), 0.22 * glow)
    return mix(picture, surface, smoothstep(0, 0.0016, y - HORIZON))


def asphalt_surface(rng, ahead, sideways, far):
    grain = rng.normal(0, 1, ahead.shape)
    grain = 0.6 * grain + 0.9 * (cloud_noise(rng, sideways * 75, ahead * 42, 3, 0.8) - 0.5) * 4
    patches = cloud_noise(rng, sideways * 2.1, ahead * 0.55 + 3, 5, 0.6)
    # Two tracks in each lane, polished and darker.
    tracks = sum(np.exp(-(((sideways - s) / 0.13) ** 2)) for s in (-0.25, 0.25, -1.25, -0.75))
    stone = mix(color(0x5F6166), color(0x84847F), smoothstep(0.25, 0.75, patches))
    stone = stone * (1 - 0.11 * tracks[..., None])
    near = 1 - far
    seam = np.exp(-(((sideways + 0.5 + 0.006 * np.sin(ahead * 3)) - 0.09) / 0.008) ** 2)
    cracks = np.abs(cloud_noise(rng, sideways * 2.6 + 9, ahead * 1.3, 4, 0.6) - 0.5)
    crack = smoothstep(0.008, 0.001, cracks) * smoothstep(12, 4, ahead)
    shade = 1 + 0.05 * grain * near - 0.12 * seam * near - 0.22 * crack
    return stone * shade[..., None]


def markings(rng, surface, ahead, sideways, soft):
    """White edge lines, a dashed white and a solid yellow centre line, worn by traffic."""
    worn = cloud_noise(rng, sideways * 18, ahead * 10, 4, 0.75)
    paint_left = smoothstep(0.26, 0.42, worn)
    dash = smoothstep(0, 0.06, 0.62 - np.abs((ahead * 0.62 + 0.15) % 2 - 1))
    lines = [
        (0.60, 0.042, 0xECEAE2, 1.0), (-1.60, 0.042, 0xECEAE2, 1.0),
        (-0.455, 0.036, 0xF1EFE8, dash), (-0.575, 0.036, 0xE2B23A, 1.0)]
    for center, half_width, tone, pattern in lines:
        inside = smoothstep(soft, -soft, np.abs(sideways - center) - half_width)
        paint = color(tone) * (0.86 + 0.2 * worn[..., None])
        surface = mix(surface, paint, inside * pattern * (0.25 + 0.75 * paint_left) * 0.95)
    return surface


def shadows(rng, ahead, sideways):
    """The shade of trees at the right, falling across the road."""
    leaves = cloud_noise(rng, sideways * 1.7 + ahead * 0.5, ahead * 1.5 - sideways * 0.25, 5, 0.6)
    reach = 0.2 + 1.5 * cloud_noise(rng, ahead * 0.55 + 2, ahead * 0, 3)
    bands = smoothstep(-0.35, 0.35, sideways + reach - 0.55)
    groups = cloud_noise(rng, ahead * 0.42 + sideways * 0.12 + 5.2, ahead * 0 + 8, 2)
    rhythm = smoothstep(0.36, 0.56, groups)
    shade = bands * rhythm * smoothstep(0.32, 0.5, leaves)
    return 1 - 0.52 * shade * smoothstep(40, 16, ahead)


def tree(rng, picture, x, y, distance, side, scale):
    """One tree: a trunk and a crown of leaf-sized noise, lit from the right."""
    foot_y = HORIZON + 0.42 / distance
    bend = 0.0145 * min(distance, 60) ** 2 * 0.42
    foot_x = (side + bend) / (distance * 0.98)
    size = scale / distance
    columns = np.flatnonzero(np.abs(x[0] - foot_x) < 1.3 * size)
    rows = np.flatnonzero((y[:, 0] < foot_y + 0.1 * size) & (y[:, 0] > foot_y - 3.2 * size))
    if not len(columns) or not len(rows):
        return picture
    box = np.s_[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
    crown_x, crown_y = (x[box] - foot_x) / size, (y[box] - foot_y) / size + 1.55
    outline = cloud_noise(rng, crown_x * 2.3 + distance, crown_y * 2.3 + side, 5, 0.62)
    radius = np.sqrt((crown_x / 0.82) ** 2 + (crown_y / 1.06) ** 2)
    leaf = smoothstep(0.06, -0.03, radius - 0.55 - 0.75 * (outline - 0.32))
    trunk = smoothstep(0.055, 0.035, np.abs(crown_x + 0.04 * crown_y) - 0.012 * crown_y + 0.01) * (
        smoothstep(-0.2, 0, crown_y) * smoothstep(1.56, 1.54, crown_y))
    detail = cloud_noise(rng, crown_x * 11, crown_y * 11, 4, 0.75)
    light = np.clip(0.42 + 0.3 * crown_x - 0.34 * crown_y + 1.5 * (detail - 0.5), 0, 1)
    leaves = mix(color(0x1E2E16), color(0x8A9A45), light)
    haze = float(np.clip((distance - 4) / 60, 0, 0.6))
    tone = lambda paint: paint * (1 - haze) + color(0xB9C3C4) * haze
    behind = mix(picture[box], tone(color(0x3B2F25) * (0.7 + 0.6 * detail[..., None])), trunk)
    picture[box] = mix(behind, tone(leaves), leaf)
    return picture


def roadside(rng, picture, x, y):
    """Trees and posts from far to near."""
    trees = [(float(d), side, float(s)) for d, side, s in zip(
        rng.uniform(9, 46, 26), rng.choice([-1, 1], 26) * rng.uniform(3.4, 9, 26),
        rng.uniform(1.7, 3.1, 26))]
    trees += [(5.2, 3.9, 2.6), (7.4, 3.3, 2.2), (6.6, -5.6, 2.7), (10.5, 3.1, 2.3)]
    for distance, side, scale in sorted(trees, reverse=True):
        picture = tree(rng, picture, x, y, distance, side, scale)
    for distance in (26, 17, 11.5, 7.8, 5.2, 3.4):
        for side in (-1.95, 0.95):
            picture = post(picture, x, y, distance, side)
    return picture


def post(picture, x, y, distance, side):
    """A white delineator post with a dark band."""
    foot_y = HORIZON + 0.42 / distance
    bend = 0.0145 * min(distance, 60) ** 2 * 0.42
    px = (x - (side + bend) / (distance * 0.98)) * distance / 0.018
    py = (foot_y - y) * distance / 0.27
    body = smoothstep(1.06, 0.94, np.abs(px)) * smoothstep(-0.01, 0.01, py) * (
        smoothstep(1.02 + 0.04 * px, 0.98 + 0.04 * px, py))
    band = smoothstep(0.66, 0.68, py) * smoothstep(0.86, 0.84, py)
    tone = mix(color(0xE4E2DA) * (0.86 + 0.1 * px[..., None]), color(0x26282B), band)
    return mix(picture, tone, body)


def windscreen(picture, x, y):
    """The bonnet and dashboard's edge below, a faint reflection, darker corners."""
    edge = 0.955 + 0.075 * x**2
    bonnet = mix(color(0x2A3440), color(0x6B7B8A), smoothstep(0.05, 0.0, y - edge) * 0.8)
    bonnet = mix(bonnet, color(0xDCE4EA), np.exp(-(((y - edge - 0.006) / 0.004) ** 2)) * 0.5)
    picture = mix(picture, bonnet, smoothstep(-0.001, 0.001, y - edge))
    streak = np.exp(-(((x * 0.5 + y - 0.66) / 0.05) ** 2)) * smoothstep(0.95, 0.5, y)
    picture = picture + 0.018 * streak[..., None]
    vignette = 1 - 0.2 * smoothstep(0.55, 1.15, np.sqrt(x**2 + ((y - 0.5) * 1.2) ** 2))
    return picture * vignette[..., None]


def sensor(rng, picture):
    """What a camera adds: a little contrast, shot and read noise, 8 bits."""
    picture = np.clip(picture, 0, 1)
    picture = picture + 0.10 * (picture - 0.5) * (1 - np.abs(2 * picture - 1))
    sigma = 0.006 + 0.012 * np.sqrt(np.clip(picture, 0, 1))
    luminance = rng.normal(0, 1, picture.shape[:2])[..., None]
    chroma = rng.normal(0, 0.5, picture.shape)
    picture = picture + sigma * (0.8 * luminance + chroma)
    return (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)


# --- test patterns ----------------------------------------------------------------------------


def save_gray(name, picture):
    """A picture of values 0…1 as an 8-bit gray PNG."""
    levels = (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)
    Image.fromarray(levels).save(FOLDER / name, optimize=True)


def grid(width, height):
    """x and y of every pixel's centre, from the middle of the picture."""
    v, u = np.mgrid[0:height, 0:width]
    return u + 0.5 - width / 2, v + 0.5 - height / 2


def zone_plate(size=384):
    """Rings whose frequency grows with the radius, up to half a cycle a pixel at the sides."""
    x, y = grid(size, size)
    save_gray("zone-plate.png", 0.5 + 0.5 * np.cos(np.pi * (x**2 + y**2) / size))


def checker(size=256):
    """Chequers of 32, 16, 8, 4, 2 and 1 pixels: what a blur takes first is the finest."""
    v, u = np.mgrid[0:size, 0:size]
    picture = np.zeros((size, size))
    top = 0
    for cell, rows in ((32, 64), (16, 64), (8, 48), (4, 32), (2, 24), (1, 24)):
        band = slice(top, top + rows)
        picture[band] = ((u[band] // cell + (v[band] - top) // cell) % 2) * 0.8 + 0.1
        top += rows
    save_gray("checker.png", picture)


def step_and_ramp(width=480, height=320):
    """Edges of all directions: a disc, a star, a square, steps of several heights, two ramps."""
    x, y = grid(width, height)
    picture = np.full((height, width), 0.25)
    disc = np.hypot(x + 150, y + 60) - 70
    picture = picture + 0.55 * np.clip(0.5 - disc, 0, 1)
    angle, radius = np.arctan2(y + 60, x), np.hypot(x, y + 60)
    spokes = np.clip(0.5 + 0.5 * np.sin(16 * angle) * radius / 4, 0, 1)
    picture = np.where(radius < 70, picture + 0.55 * spokes, picture)
    turned = np.abs((x - 150) * 0.94 + (y + 60) * 0.34), np.abs((y + 60) * 0.94 - (x - 150) * 0.34)
    square = np.maximum(*turned) - 58
    picture = picture + 0.55 * np.clip(0.5 - square, 0, 1)
    steps = np.floor((x + width / 2) / width * 8) / 7
    ramp = (x + width / 2) / width
    triangle = 1 - np.abs(2 * ramp - 1)
    for top, values in ((52, steps), (88, ramp), (124, triangle)):
        band = (y >= top) & (y < top + 36)
        picture = np.where(band, values, picture)
    save_gray("step-and-ramp.png", picture)


def relief(width=480, height=320):
    """A still life of simple solids on a table, lit from the upper left."""
    x, y = grid(width, height)
    rng = np.random.default_rng(7)
    weave = 0.03 * np.sin(x * 0.9) * np.sin(y * 0.9) + 0.06 * (
        cloud_noise(rng, (x + 300) / 40, (y + 300) / 40, 4) - 0.5)
    picture = 0.50 + 0.12 * (-x / width - y / height) + weave
    for cx, cy, r in ((-140, -50, 70), (60, 70, 55), (175, -70, 48), (-40, 95, 30)):
        shadow = np.hypot(x - cx - r * 0.28, y - cy - r * 0.3) - r
        picture = picture * (1 - 0.45 * smoothstep(r * 0.25, -r * 0.2, shadow))
    for cx, cy, r in ((-140, -50, 70), (60, 70, 55), (175, -70, 48), (-40, 95, 30)):
        dx, dy = (x - cx) / r, (y - cy) / r
        dz = np.sqrt(np.clip(1 - dx**2 - dy**2, 0, 1))
        light = np.clip(-0.52 * dx - 0.56 * dy + 0.64 * dz, 0, 1)
        shine = np.clip(-0.3 * dx - 0.33 * dy + 0.9 * dz, 0, 1) ** 40
        ball = 0.10 + 0.66 * light + 0.35 * shine
        inside = np.clip(0.5 - (np.hypot(x - cx, y - cy) - r), 0, 1)
        picture = picture * (1 - inside) + ball * inside
    for index in range(5):  # a fan of bars, thinner and thinner
        bar = np.abs((x - 20 - 20 * index) * 0.93 + (y + 80) * 0.36) - 7 + 1.45 * index
        inside = np.clip(0.5 - bar, 0, 1) * (np.abs(y + 85) < 52)
        picture = picture * (1 - inside) + (0.92 if index % 2 == 0 else 0.08) * inside
    return picture


def shapes():
    """Soft and hard edges and fine texture: sharpen, emboss, unsharp and canny."""
    picture = relief()
    save_gray("shapes.png", picture * 0.4 + 0.6 * blurred(picture, 1))


def noise():
    """The same with salt and pepper on 6 % of the pixels: median against Gaussian."""
    picture = blurred(relief(), 1)
    chance = np.random.default_rng(6).random(picture.shape)
    picture = np.where(chance < 0.03, 0, np.where(chance > 0.97, 1, picture))
    levels = np.round(np.clip(picture, 0, 1) * 63) / 63  # keeps the file small
    save_gray("noise.png", levels)


# Strokes of a pen on 28×28 pixels, each a cubic Bézier curve: x, y of its two ends and of what bends it between.
DIGITS = {
    0: [((15.0, 5.0), (8.6, 5.2), (7.2, 21.8), (13.4, 22.9)),
        ((13.4, 22.9), (19.8, 23.6), (21.6, 6.2), (15.0, 5.0))],
    1: [((12.4, 8.0), (13.4, 7.2), (14.4, 6.2), (15.2, 5.0)),
        ((15.2, 5.0), (14.9, 11.0), (14.4, 17.2), (14.0, 23.0))],
    2: [((8.8, 9.4), (9.6, 3.6), (19.6, 3.4), (18.9, 10.2)),
        ((18.9, 10.2), (18.2, 15.2), (11.6, 18.6), (8.2, 22.4)),
        ((8.2, 22.4), (12.2, 21.4), (16.2, 22.6), (20.4, 21.8))],
    3: [((8.8, 6.6), (13.0, 3.2), (20.4, 5.6), (17.6, 10.6)),
        ((17.6, 10.6), (16.6, 12.6), (14.2, 13.2), (12.2, 13.4)),
        ((12.2, 13.4), (18.0, 12.8), (20.6, 17.4), (17.6, 20.8)),
        ((17.6, 20.8), (15.0, 23.8), (10.4, 23.2), (7.8, 21.2))],
    4: [((11.0, 5.4), (9.8, 9.2), (8.6, 12.2), (7.4, 15.2)),
        ((7.4, 15.2), (11.6, 14.9), (16.2, 14.8), (20.8, 14.4)),
        ((17.4, 6.4), (17.0, 12.0), (16.6, 17.6), (16.2, 23.2))],
    5: [((10.3, 6.6), (9.9, 8.6), (9.5, 10.6), (9.1, 12.4)),
        ((9.1, 12.4), (12.5, 10.9), (18.6, 11.4), (18.5, 16.0)),
        ((18.5, 16.0), (18.4, 20.9), (12.4, 23.2), (7.6, 20.9)),
        ((10.2, 6.8), (13.0, 6.6), (16.6, 6.5), (19.6, 5.4))],
    6: [((17.2, 4.8), (12.4, 7.6), (8.4, 13.6), (9.0, 19.0)),
        ((9.0, 19.0), (9.8, 24.6), (18.6, 23.8), (18.8, 18.4)),
        ((18.8, 18.4), (18.8, 13.4), (11.2, 13.6), (9.2, 18.6))],
    7: [((7.8, 7.0), (11.8, 6.6), (15.8, 6.4), (19.8, 6.0)),
        ((19.8, 6.0), (17.4, 11.2), (14.6, 17.0), (12.8, 23.2))],
    8: [((18.4, 7.6), (15.0, 2.8), (8.2, 6.4), (11.2, 11.0)),
        ((11.2, 11.0), (13.4, 14.2), (19.0, 15.8), (18.2, 20.0)),
        ((18.2, 20.0), (17.0, 24.6), (9.2, 24.0), (10.0, 19.0)),
        ((10.0, 19.0), (10.8, 15.2), (18.0, 12.0), (18.4, 7.6))],
    9: [((18.6, 9.6), (16.8, 3.8), (8.4, 5.8), (9.4, 10.8)),
        ((9.4, 10.8), (10.6, 15.6), (17.6, 14.2), (18.6, 9.0)),
        ((18.6, 9.0), (18.4, 14.0), (17.8, 18.6), (16.8, 23.2))],
}


def digit(number, name, size=28, over=8):
    """A handwritten-looking digit, white on black, as digit classifiers expect it."""
    t = np.linspace(0, 1, 60)[:, None]

    def curve(a, b, c, d):
        a, b, c, d = map(np.array, (a, b, c, d))
        return (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d

    path = np.concatenate([curve(*stroke) for stroke in DIGITS[number]])
    pen = 1.25 + 0.3 * np.sin(np.linspace(0, 9, len(path)))
    v, u = (np.mgrid[0:size * over, 0:size * over] + 0.5) / over
    gap = np.min([np.hypot(u - px, v - py) - r for (px, py), r in zip(path, pen)], axis=0)
    ink = np.clip(0.5 - gap / 0.9, 0, 1).reshape(size, over, size, over).mean((1, 3))
    save_gray(name, ink)


def main():
    zone_plate()
    checker()
    step_and_ramp()
    shapes()
    noise()
    digit(5, "digit.png")
    for number in DIGITS:
        digit(number, f"digits/{number}.png")
    lane()


if __name__ == "__main__":
    main()
