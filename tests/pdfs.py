"""PDF files made by hand."""

import zlib

PDF_HEAD = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
_FONT = b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
_FRAME = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"]
_PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R %s >>"


def make_pdf(lines: list[str], pages: int = 1) -> bytes:
    """A PDF file of equal pages; an empty list gives pages without a text layer."""
    content = "BT /F1 11 Tf 72 740 Td 14 TL " + " ".join(f"({line}) Tj T*" for line in lines) + " ET" if lines else ""
    tree = b"<< /Type /Pages /Kids [" + b" ".join([b"3 0 R"] * pages) + b"] /Count %d >>" % pages
    return _assemble([_FRAME[0], tree, _PAGE % _FONT, _stream(content.encode())])


def make_bomb(content: bytes) -> bytes:
    """A PDF file of one page whose content is packed."""
    packed = zlib.compress(content, 9)
    return _assemble([*_FRAME, _PAGE % _FONT, _stream(packed, b"/Filter /FlateDecode")])


def make_nest(depth: int, width: int) -> bytes:
    """A PDF file of one page whose forms draw each other, `width` times at each of `depth` steps."""
    forms = []
    for step in range(depth):
        last = step == depth - 1
        drawn = b"BT /F1 11 Tf (necessary) Tj ET " if last else b"/X Do " * width
        needs = _FONT if last else b"/Resources << /XObject << /X %d 0 R >> >>" % (6 + step)
        forms.append(_stream(drawn, b"/Type /XObject /Subtype /Form /BBox [0 0 612 792] " + needs))
    page = _PAGE % b"/Resources << /XObject << /X 5 0 R >> >>"
    return _assemble([*_FRAME, page, _stream(b"/X Do"), *forms])


def _stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(content), content)


def _assemble(objects: list[bytes]) -> bytes:
    body = PDF_HEAD
    offsets = []
    for number, text in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return body + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
