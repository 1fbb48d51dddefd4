"""Makes the small pictures of this folder and the tables of what they must decode to.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install pillow==13.0.0 numpy==2.4.6 imagecodecs==2026.3.6
    /tmp/venv/bin/python make_fixtures.py [PNGSUITE_FOLDER]

Made with Python 3.11, Pillow 13.0.0 (libjpeg-turbo 3.2.0, libwebp 1.6.0, libtiff 4.7.2), numpy 2.4.6, imagecodecs 2026.3.6.
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

import imagecodecs
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
    kind = {"uint8": "uint8", "uint16": "uint16", "float32": "float", "int16": "int16"}[samples.dtype.name]
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


# --- TIFF, BMP and Sun raster, byte by byte ---------------------------------------------------------

def tiff(name, parts, expected, bits=8, channels=1, tags=(), order="<"):
    """A file of uncompressed parts; `tags` overrides: (tag, type 3 or 4, values)."""
    fields = {
        256: (3, [WIDTH]), 257: (3, [HEIGHT]), 258: (3, [bits] * channels), 259: (3, [1]),
        262: (3, [2 if channels >= 3 else 1]), 277: (3, [channels]), 278: (3, [HEIGHT]),
        273: (4, [0] * len(parts)), 279: (4, [len(part) for part in parts]),
    }
    fields.update({tag: (kind, values) for tag, kind, values in tags})
    if 322 in fields:
        fields[324], fields[325] = fields.pop(273), fields.pop(279)
    body = b"".join(parts)
    starts = [8 + sum(len(part) for part in parts[:i]) for i in range(len(parts))]
    fields[324 if 322 in fields else 273] = (4, starts)
    body += bytes(len(body) % 2)
    entries = b""
    for tag, (kind, values) in sorted(fields.items()):
        data = struct.pack(f"{order}{len(values)}{'H' if kind == 3 else 'I'}", *values)
        if len(data) > 4:
            data, body = struct.pack(f"{order}I", 8 + len(body)), body + data
        entries += struct.pack(f"{order}HHI", tag, kind, len(values)) + data.ljust(4, b"\0")
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8 + len(body))
    write(name, head + body + struct.pack(f"{order}H", len(fields)) + entries + bytes(4), expected)


def packed(samples, bits):
    rows = []
    for row in samples.reshape(HEIGHT, -1):
        text = "".join(f"{int(v):0{bits}b}" for v in row)
        text += "0" * (-len(text) % 8)
        rows.append(int(text, 2).to_bytes(len(text) // 8, "big"))
    return b"".join(rows)


def write_tiff():
    rgb, gray, deep = scene(3), scene(1), scene(3, np.uint16)
    tiff("planar16.tif", [deep[:, :, c].astype(">u2").tobytes() for c in range(3)], deep, 16, 3,
         [(284, 3, [2])], ">")
    pair = scene(2)
    tiff("gray-alpha.tif", [pair.tobytes()], pair, 8, 2, [(338, 3, [2])])
    rgba = scene(4)
    alpha = rgba[:, :, 3:].astype(int)
    colors = np.minimum(rgba[:, :, :3], alpha)
    straight = np.where(alpha > 0, np.minimum(255, (colors * 255 + alpha // 2) // np.maximum(alpha, 1)), 0)
    tiff("premultiplied.tif", [np.dstack([colors, alpha]).astype(np.uint8).tobytes()],
         np.dstack([straight, alpha]).astype(np.uint8), 8, 4, [(338, 3, [1])])
    tiff("white-is-zero.tif", [(255 - gray).tobytes()], gray, tags=[(262, 3, [0])])
    signed = gray.astype(np.int16) * 200 - 20000
    tiff("signed16.tif", [signed.astype("<i2").tobytes()], signed, 16, tags=[(339, 3, [2])])
    halves = (rgb / np.float32(256)).astype(np.float32)
    tiff("half.tif", [halves.astype("<f2").tobytes()], halves, 16, 3, [(339, 3, [3] * 3)])
    doubles = (rgb / np.float64(255)).astype(np.float32)
    tiff("double.tif", [(rgb / np.float64(255)).astype("<f8").tobytes()], doubles, 64, 3,
         [(339, 3, [3] * 3)])
    for bits in (1, 4, 12):
        small = scene(1, np.uint16).astype(int) >> (16 - bits)
        top = 65535 if bits > 8 else 255
        tiff(f"bits{bits}.tif", [packed(small, bits)], stretched(small, 2**bits - 1, top), bits)
    ink = 255 - scene(4).astype(int)
    light = (ink[:, :, 3:] * ink[:, :, :3] // 255).astype(np.uint8)
    tiff("cmyk.tif", [scene(4).tobytes()], light, 8, 4, [(262, 3, [5])])
    save("ycbcr.tif", rgb, compression="jpeg", quality=90)
    wide = np.zeros((16, 16, 3), np.uint8)
    wide[:HEIGHT, :WIDTH] = rgb
    tiff("tiled.tif", [wide.tobytes()], rgb, 8, 3, [(322, 3, [16]), (323, 3, [16])])
    tiff("strips.tif", [rgb[y : y + 4].tobytes() for y in (0, 4, 8)], rgb, 8, 3, [(278, 3, [4])])
    tiff("palette.tif", [gray.tobytes()], np.dstack([gray, 255 - gray, gray // 2]),
         tags=[(262, 3, [3]), (320, 3, [v * 257 for v in PALETTE.T.ravel().tolist()])])


PALETTE = np.array([[i, 255 - i, i // 2] for i in range(256)])


def bmp(name, bits, pixels, expected, compression=0, palette=b"", masks=b"", height=HEIGHT, size=40):
    info = struct.pack("<IiiHHIIiiII", size, WIDTH, height, 1, bits, compression, 0, 0, 0, len(palette) // 4, 0)
    info = (info + masks).ljust(size, b"\0") + palette
    write(name, b"BM" + struct.pack("<IHHI", 14 + len(info) + len(pixels), 0, 0, 14 + len(info)) + info + pixels, expected)


def padded(rows, to=4):
    return b"".join(row + bytes(-len(row) % to) for row in rows)


def write_bmp():
    rgb, gray = scene(3), scene(1)
    four = bytes().join(bytes([int(b), int(g), int(r), 0]) for r, g, b in PALETTE)
    colors = PALETTE[gray].astype(np.uint8)
    small = gray >> 4
    halves = [bytes((int(a) << 4) | int(b) for a, b in zip(row[::2], list(row[1::2]) + [0])) for row in small[::-1]]
    few = PALETTE[small].astype(np.uint8)
    bmp("palette4.bmp", 4, padded(halves), few, palette=four[:64])
    bmp("top-down.bmp", 24, padded(row[:, ::-1].tobytes() for row in rgb), rgb, height=-HEIGHT)
    red, green, blue = (rgb[:, :, c].astype(int) for c in range(3))
    fields = (red >> 3) << 11 | (green >> 2) << 5 | blue >> 3
    stretch = lambda v, top: (v * 255 + top // 2) // top
    bmp("fields.bmp", 16, padded(row.astype("<u2").tobytes() for row in fields[::-1]),
        np.dstack([stretch(red >> 3, 31), stretch(green >> 2, 63), stretch(blue >> 3, 31)]).astype(np.uint8),
        3, masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F))
    rgba = scene(4)
    bmp("alpha.bmp", 32, rgba[::-1].tobytes(), rgba, 3, size=56,
        masks=struct.pack("<IIII", 0xFF, 0xFF00, 0xFF0000, 0xFF000000))
    runs = b"".join(b"".join(bytes([1, int(v)]) for v in row) + b"\0\0" for row in gray[::-1])
    bmp("runs8.bmp", 8, runs + b"\0\1", colors, 1, palette=four)
    runs = b"".join(bytes([0, WIDTH]) + half + bytes(len(half) % 2) + b"\0\0" for half in halves)
    bmp("runs4.bmp", 4, runs + b"\0\1", few, 2, palette=four[:64])
    head = b"BM" + struct.pack("<IHHI", 0, 0, 0, 26) + struct.pack("<IHHHH", 12, WIDTH, HEIGHT, 1, 24)
    write("core.bmp", head + padded(row[:, ::-1].tobytes() for row in rgb[::-1]), rgb)


def raster(name, bits, kind, pixels, expected, palette=b""):
    head = struct.pack(">IIIIIIII", 0x59A66A95, WIDTH, HEIGHT, bits, len(pixels), kind, int(bool(palette)), len(palette))
    write(name, head + palette + pixels, expected)


def write_sun_raster():
    rgb, gray = scene(3), scene(1)
    rows = padded((row.tobytes() for row in gray), 2)
    raster("gray.ras", 8, 1, rows, gray)
    raster("rgb.ras", 24, 1, padded((row[:, ::-1].tobytes() for row in rgb), 2), rgb)
    padding = np.full((HEIGHT, WIDTH, 1), 77, np.uint8)
    raster("rgb32.ras", 32, 3, np.dstack([padding, rgb]).tobytes(), rgb)
    raster("palette.ras", 8, 1, rows, PALETTE[gray].astype(np.uint8), PALETTE.T.astype(np.uint8).tobytes())
    bits = (gray > 90).astype(np.uint8)
    raster("bits.ras", 1, 0, padded((np.packbits(row).tobytes() for row in bits), 2), (1 - bits) * 255)
    flat = (gray // 64 * 64).astype(np.uint8)
    stored, packed_rows = padded((row.tobytes() for row in flat), 2), b""
    while stored:
        count = len(stored) - len(stored.lstrip(stored[:1]))
        escape = stored[0] == 0x80 and count == 1
        packed_rows += b"\x80\0" if escape else stored[:1] if count == 1 else bytes([0x80, count - 1, stored[0]])
        stored = stored[count:]
    raster("runs.ras", 8, 2, packed_rows, flat)


def write_packed_radiance():
    rgb = scene(3)
    rgb[:, :6, 0] = 9  # a run
    head = f"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y {HEIGHT} +X {WIDTH}\n".encode()
    rows = b""
    for row in rgb:
        rows += bytes([2, 2, 0, WIDTH])
        rows += bytes([128 + 6, 9, WIDTH - 6]) + row[6:, 0].tobytes()
        rows += b"".join(bytes([WIDTH]) + row[:, c].tobytes() for c in (1, 2))
        rows += bytes([128 + WIDTH, 136])
    write("runs.hdr", head + rows, rgb.astype(np.float32))


def write_deep_jpeg2000():
    twelve = scene(1, np.uint16) >> 4
    file = imagecodecs.jpeg2k_encode(twelve, level=0, reversible=True, bitspersample=12)
    write("bits12.jp2", file, stretched(twelve, 4095, 65535))


write_png_and_jpeg()
write_webp_and_tiff()
write_netpbm()
write_others()
write_tiff()
write_bmp()
write_sun_raster()
write_packed_radiance()
write_deep_jpeg2000()
(HERE / "expected.tsv").write_text("\n".join(sorted(table)) + "\n")
if len(sys.argv) > 1:
    write_pngsuite(sys.argv[1])
