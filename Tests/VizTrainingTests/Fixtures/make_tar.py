"""Archives as Python's tarfile writes them: ustar, pax and GNU, with a folder, a link and a long name.

    python3 make_tar.py FOLDER        (Python 3.11.7)
"""

import gzip
import io
import sys
import tarfile

LONG = "-".join(["long"] * 24)  # 119 characters: ustar has to split such a name at a folder


def members():
    yield "data/", tarfile.DIRTYPE, b""
    yield "data/a.bin", tarfile.REGTYPE, bytes(range(256)) * 3
    yield "data/empty.bin", tarfile.REGTYPE, b""
    yield "data/link", tarfile.SYMTYPE, b""
    yield f"{'-'.join(['folder'] * 14)}/{LONG[:90]}.bin", tarfile.REGTYPE, b"long name"
    yield "data/b.bin", tarfile.REGTYPE, bytes([7]) * 512


def archive(form):
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=form) as tar:
        for name, kind, contents in members():
            info = tarfile.TarInfo(name)
            info.type, info.size, info.mtime = kind, len(contents), 1_700_000_000
            if form == tarfile.PAX_FORMAT:
                info.mtime += 0.5  # a number that only pax has a place for
            if kind == tarfile.SYMTYPE:
                info.linkname = "a.bin"
            tar.addfile(info, io.BytesIO(contents))
    return raw.getvalue()


for name, form in [
    ("ustar", tarfile.USTAR_FORMAT), ("pax", tarfile.PAX_FORMAT), ("gnu", tarfile.GNU_FORMAT)
]:
    with open(f"{sys.argv[1]}/{name}.tar.gz", "wb") as file:
        file.write(gzip.compress(archive(form), 9, mtime=0))
