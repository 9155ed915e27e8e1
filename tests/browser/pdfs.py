"""Writes PDFs, good ones and others, for the tests of the board. A library would write only good ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

RUNS_A_SCRIPT: Final = b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\); this.__ran = true;) >>"
NEEDS_A_PASSWORD: Final = (
    b"/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -3904 /O <%b> /U <%b> >> /ID [<00> <00>]"
    % (b"a1" * 32, b"b2" * 32)
)
RUBBISH: Final = b"%PDF-1.7\n" + bytes(range(256)) * 8


def write_pdf(
    *, pages: int, black: Sequence[int], side: int, catalog: bytes = b"", trailer: bytes = b""
) -> bytes:
    """Write a PDF of *pages* square pages, *side* points wide: white, and black where their number is in *black*."""
    ink = b"0 0 0 rg 0 0 %d %d re f" % (side, side)
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(1, pages + 1))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %b >>" % catalog,
        b"<< /Type /Pages /Kids [%b] /Count %d /MediaBox [0 0 %d %d] >>" % (kids, pages, side, side),
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(ink), ink),
        *(
            b"<< /Type /Page /Parent 2 0 R %b >>" % (b"/Contents 3 0 R" if number in black else b"")
            for number in range(1, pages + 1)
        ),
    ]
    return join_objects(objects, trailer)


def write_endless_pdf() -> bytes:
    """Write a PDF of one small page that nobody will ever see: forms in forms, ten of the next in each."""
    depth = 14
    inner = b"0 0 m 9 9 l S"
    forms = []
    for level in range(1, depth + 1):
        content = inner if level == depth else b"/F Do " * 10
        next_form = b"/Resources << /XObject << /F %d 0 R >> >>" % (level + 5)
        forms.append(
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] %b /Length %d >>\nstream\n%b\nendstream"
            % (next_form if level < depth else b"", len(content), content)
        )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 9 9] >>",
        b"<< /Type /Page /Parent 2 0 R /Resources << /XObject << /F 5 0 R >> >> /Contents 4 0 R >>",
        b"<< /Length 5 >>\nstream\n/F Do\nendstream",
        *forms,
    ]
    return join_objects(objects)


def join_objects(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """Write *objects*, the catalog first, as a file with its table."""
    written = b"%PDF-1.7\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer << /Size %d /Root 1 0 R %b >>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        trailer,
        len(written),
    )
    return written + head + table + tail
