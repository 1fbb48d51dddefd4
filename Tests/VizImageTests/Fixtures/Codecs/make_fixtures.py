"""Makes the small pictures of this folder and the tables of what they must decode to.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install pillow==13.0.0 numpy==2.4.6
    /tmp/venv/bin/python make_fixtures.py [PNGSUITE_FOLDER]

Made with Python 3.11, Pillow 13.0.0 (libjpeg-turbo 3.2.0, libwebp 1.6.0, libtiff 4.7.2), numpy 2.4.6.
expected.tsv: what Pillow (or the script itself, for formats that it writes byte by byte) says of each
file here. pngsuite.tsv: what the PNG decoder below, which shares nothing with libpng, says of PngSuite;
where Pillow keeps all bits, both are compared.

A line is: file, width, height, layout, sample type, FNV-1a 64 of the samples (little endian,
interleaved, before any orientation is applied).
"""

import io
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

HERE = Path(__file__).parent
WIDTH, HEIGHT = 13, 9
LAYOUTS = {1: "gray", 2: "grayAlpha", 3: "rgb", 4: "rgba"}


def digest(samples):
    little = samples.astype(samples.dtype.newbyteorder("<"))
    value = 0xCBF29CE484222325
    for byte in little.tobytes():
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"


def line(name, samples):
    height, width = samples.shape[:2]
    channels = 1 if samples.ndim == 2 else samples.shape[2]
    kind = {"uint8": "uint8", "uint16": "uint16", "float32": "float"}[samples.dtype.name]
    return f"{name}\t{width}\t{height}\t{LAYOUTS[channels]}\t{kind}\t{digest(samples)}"


# --- A PNG decoder of its own ------------------------------------------------------------------

ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunks(data):
    offset = 8
    while offset < len(data):
        length = struct.unpack_from(">I", data, offset)[0]
        name = data[offset + 4 : offset + 8]
        yield name, data[offset + 8 : offset + 8 + length]
        offset += 12 + length


def unfilter(raw, rows, row_bytes, pixel_bytes):
    lines, above, offset = [], bytearray(row_bytes), 0
    for _ in range(rows):
        kind, row = raw[offset], bytearray(raw[offset + 1 : offset + 1 + row_bytes])
        for i in range(row_bytes):
            left = row[i - pixel_bytes] if i >= pixel_bytes else 0
            corner = above[i - pixel_bytes] if i >= pixel_bytes else 0
            up = above[i]
            guess = left + up - corner
            nearest = min((left, up, corner), key=lambda v: abs(guess - v))
            row[i] = (row[i] + (0, left, up, (left + up) // 2, nearest)[kind]) & 255
        lines.append(bytes(row))
        above, offset = row, offset + row_bytes + 1
    return lines, offset


def unpack(lines, width, channels, depth):
    if depth == 16:
        rows = [np.frombuffer(row, ">u2").astype(np.uint16) for row in lines]
    elif depth == 8:
        rows = [np.frombuffer(row, np.uint8) for row in lines]
    else:
        bits = [np.unpackbits(np.frombuffer(row, np.uint8)).reshape(-1, depth) for row in lines]
        weights = 1 << np.arange(depth - 1, -1, -1)
        rows = [(b @ weights).astype(np.uint8) for b in bits]
    return np.stack([row[: width * channels].reshape(width, channels) for row in rows])


def decode_png(data):
    parts = list(chunks(data))
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", parts[0][1])
    raw = zlib.decompress(b"".join(body for name, body in parts if name == b"IDAT"))
    found = {name: body for name, body in parts}
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[kind]
    grid = np.zeros((height, width, channels), np.uint16 if depth == 16 else np.uint8)
    passes = ADAM7 if interlaced else [(0, 0, 1, 1)]
    for x0, y0, dx, dy in passes:
        w, h = (width - x0 + dx - 1) // dx, (height - y0 + dy - 1) // dy
        if w <= 0 or h <= 0:
            continue
        row_bytes = (w * channels * depth + 7) // 8
        lines, used = unfilter(raw, h, row_bytes, max(1, channels * depth // 8))
        raw = raw[used:]
        grid[y0::dy, x0::dx] = unpack(lines, w, channels, depth)
    return expand(grid, depth, kind, found.get(b"PLTE"), found.get(b"tRNS"))


def expand(grid, depth, kind, palette, transparency):
    top = 65535 if depth == 16 else 255
    if kind == 3:
        colors = np.zeros((256, 3), np.uint8)
        given = np.frombuffer(palette, np.uint8).reshape(-1, 3)
        colors[: len(given)] = given
        result = colors[grid[:, :, 0]]
        if transparency is not None:
            alpha = np.full(256, 255, np.uint8)
            alpha[: len(transparency)] = np.frombuffer(transparency, np.uint8)
            result = np.dstack([result, alpha[grid[:, :, 0]]])
        return result
    result = grid * (255 // (2**depth - 1)) if depth < 8 else grid
    if kind in (0, 2) and transparency is not None:
        clear = np.array(struct.unpack(f">{len(transparency) // 2}H", transparency))
        alpha = np.where((grid == clear).all(axis=2), 0, top)
        result = np.dstack([result, alpha])
    return result.astype(grid.dtype)


def pillow_agrees(data, samples):
    picture = Image.open(io.BytesIO(data))
    if samples.dtype == np.uint16:
        return True  # Pillow keeps 16 bits of gray only
    mode = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[samples.shape[2]]
    theirs = np.array(picture.convert(mode)).reshape(samples.shape)
    return np.array_equal(theirs, samples)


def write_pngsuite(folder):
    lines = []
    for path in sorted(Path(folder).glob("*.png")):
        if path.name.startswith("x"):
            continue
        data = path.read_bytes()
        samples = decode_png(data)
        if not pillow_agrees(data, samples):
            print("Pillow differs:", path.name)
        lines.append(line(path.name, samples))
    (HERE / "pngsuite.tsv").write_text("\n".join(lines) + "\n")


# --- Pictures -----------------------------------------------------------------------------------

def scene(channels, dtype=np.uint8):
    """Slopes with some noise: enough to make every filter and every predictor work."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    random = np.random.default_rng(7)
    planes = [
        (x * (11 + 3 * c) + y * (7 - 2 * c) + random.integers(0, 9, (HEIGHT, WIDTH))) % 256
        for c in range(channels)
    ]
    samples = np.stack(planes, -1).astype(np.uint8)
    if dtype == np.uint16:
        samples = samples.astype(np.uint16) * 257 - random.integers(0, 3, samples.shape, dtype=np.uint16)
    return samples[:, :, 0] if channels == 1 else samples


table = []


def save(name, samples, expected=None, **options):
    picture = samples if isinstance(samples, Image.Image) else Image.fromarray(samples)
    picture.save(HERE / name, **options)
    if expected is None:
        expected = np.array(Image.open(HERE / name))
    table.append(line(name, expected))


def write(name, content, expected):
    (HERE / name).write_bytes(content)
    table.append(line(name, expected))


def write_png_and_jpeg():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    (HERE / "profile.icc").write_bytes(profile)
    exif = Image.Exif()
    exif[0x0112] = 6
    rgb, gray = scene(3), scene(1)
    save("rgb.png", rgb, icc_profile=profile)
    save("rgba.png", scene(4), exif=exif)
    save("gray16.png", scene(1, np.uint16))
    save("palette.png", Image.fromarray(rgb).quantize(16), np.array(Image.fromarray(rgb).quantize(16).convert("RGB")))
    save("baseline.jpg", rgb, quality=85, icc_profile=profile, exif=exif)
    save("full-color.jpg", rgb, quality=95, subsampling=0, optimize=True)
    save("restarts.jpg", rgb, quality=80, restart_marker_blocks=1)
    save("progressive.jpg", rgb, quality=85, progressive=True)
    save("gray.jpg", gray, quality=85)
    cmyk = Image.fromarray(scene(4), "CMYK")
    cmyk.save(HERE / "cmyk.jpg", quality=90)
    table.append(line("cmyk.jpg", np.array(Image.open(HERE / "cmyk.jpg").convert("RGB"))))


def write_webp_and_tiff():
    profile = (HERE / "profile.icc").read_bytes()
    exif = Image.Exif()
    exif[0x0112] = 6
    rgb, rgba = scene(3), scene(4)
    save("lossy.webp", rgb, quality=80)
    save("lossless.webp", rgba, rgba, lossless=True, exact=True)
    save("extended.webp", rgb, rgb, lossless=True, icc_profile=profile, exif=exif)
    save("rgb.tif", rgb, icc_profile=profile)
    save("rgba.tif", rgba)
    save("lzw.tif", rgb, compression="tiff_lzw")
    save("gray16.tif", scene(1, np.uint16))
    save("float.tif", (scene(1) / np.float32(255)).astype(np.float32))
    save("oriented.tif", rgb, rgb, tiffinfo={274: 6})
    save("rgb.bmp", rgb)
    save("gray.bmp", scene(1))
    save("rgb.jp2", rgb)


def netpbm(magic, maximum, samples):
    head = f"P{magic}\n# made by a script\n{WIDTH} {HEIGHT}\n"
    return (head + (f"{maximum}\n" if maximum else "")).encode(), samples


def stretched(samples, maximum, top):
    return ((samples.astype(np.int64) * top + maximum // 2) // maximum).astype(
        np.uint16 if top > 255 else np.uint8
    )


def write_netpbm():
    rgb, gray = scene(3), scene(1)
    bits = (gray > 90).astype(np.uint8)
    black_is_one = (1 - bits) * 255
    head, _ = netpbm(1, None, bits)
    write("bits-text.pbm", head + b"".join(b"%d" % v for v in bits.ravel()) + b"\n", black_is_one)
    head, _ = netpbm(4, None, bits)
    write("bits.pbm", head + np.packbits(bits, axis=1).tobytes(), black_is_one)
    small = (gray % 101).astype(np.uint8)
    text = " ".join(str(v) for v in small.ravel()).encode()
    write("text.pgm", netpbm(2, 100, small)[0] + text + b"\n", stretched(small, 100, 255))
    write("hundred.pgm", netpbm(5, 100, small)[0] + small.tobytes(), stretched(small, 100, 255))
    text = "\n".join(str(v) for v in rgb.ravel()).encode()
    write("text.ppm", netpbm(3, 255, rgb)[0] + text + b"\n", rgb)
    write("rgb.ppm", netpbm(6, 255, rgb)[0] + rgb.tobytes(), rgb)
    ten = scene(3, np.uint16) // 64
    write("ten-bit.ppm", netpbm(6, 1023, ten)[0] + ten.astype(">u2").tobytes(), stretched(ten, 1023, 65535))
    pam = f"P7\nWIDTH {WIDTH}\nHEIGHT {HEIGHT}\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n"
    write("rgba.pam", pam.encode() + scene(4).tobytes(), scene(4))


def write_others():
    rgb = scene(3)
    floats = (rgb / np.float32(64)).astype(np.float32)
    head = f"PF\n{WIDTH} {HEIGHT}\n-1.0\n".encode()
    write("rgb.pfm", head + floats[::-1].astype("<f4").tobytes(), floats)
    # Exponent 136 makes a mantissa its own value; rows under 8 pixels wide are never packed.
    narrow = np.ascontiguousarray(rgb[:, :5])
    rgbe = np.dstack([narrow, np.full(narrow.shape[:2], 136, np.uint8)])
    head = f"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y {HEIGHT} +X 5\n".encode()
    write("rgb.hdr", head + rgbe.astype(np.uint8).tobytes(), narrow.astype(np.float32))


write_png_and_jpeg()
write_webp_and_tiff()
write_netpbm()
write_others()
(HERE / "expected.tsv").write_text("\n".join(sorted(table)) + "\n")
if len(sys.argv) > 1:
    write_pngsuite(sys.argv[1])
