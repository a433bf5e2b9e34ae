"""A pipeline exported by another system, as a table: CSV or XLSX read into rows of cells.

A row is ``(line, cells)``: the line is the one that the user's editor or spreadsheet shows. A cell
is a text without blanks around it, or a number where the spreadsheet has one. Dates of a
spreadsheet become texts in ISO, which every date format understands.
"""

import csv
import datetime as dt
import io
import zipfile

DELIMITERS = (",", ";", "\t", "|")
#: Tried in this order. The last one is what Windows writes in Western Europe.
ENCODINGS = ("utf-8-sig", "cp1252")
MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 15 * MAX_BYTES  # of the archive that a spreadsheet is
MAX_ROWS = 50_000
MAX_COLUMNS = 200

_ZIP = b"PK\x03\x04"
_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_CONTROL = frozenset(map(chr, range(32))) - frozenset("\t\n\r\x0b\x0c\x1f")


class FileError(ValueError):
    """The file cannot be used at all. ``code`` says why; ``detail`` is what was found."""

    def __init__(self, code, detail=""):
        super().__init__(code, detail)
        self.code, self.detail = code, detail


def is_spreadsheet(data):
    """Tell an XLSX file, which is a ZIP archive with a workbook in it.

    >>> is_spreadsheet(b"key,name"), is_spreadsheet(b"PK\\x03\\x04 a broken archive")
    (False, False)
    """
    if not data.startswith(_ZIP):
        return False
    try:
        return "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(data)).namelist()
    except zipfile.BadZipFile:
        return False


def decode(data):
    """Return the text of a CSV file in the first encoding that fits.

    >>> decode("Peñón".encode("utf-8-sig")) == decode("Peñón".encode("cp1252")) == "Peñón"
    True
    >>> decode("Peñón".encode("utf-16"))
    'Peñón'
    >>> decode(b"\\x89PNG\\r\\n\\x1a\\n\\x00\\x00\\x00")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
        ...
    FileError: ('binary', '')
    """
    for encoding in (*filter(None, [_BOMS.get(data[:2])]), *ENCODINGS):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.isdisjoint(text):
            raise FileError("binary")
        return text
    raise FileError("binary")


def detect_delimiter(text):
    """Return the delimiter that splits the header, and the rows below into as many cells.

    >>> detect_delimiter("key;amount\\nA;1,5\\nB;2,5")
    ';'
    >>> detect_delimiter("key\\tname\\nA\\tBig, really")
    '\\t'
    >>> detect_delimiter("key")
    ','
    """
    lines = text.splitlines(keepends=True)[:50]

    def score(delimiter):
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if any(row)]
        if not widths or widths[0] < 2:
            return (0, 0)
        return (sum(width == widths[0] for width in widths) / len(widths), widths[0])

    return max(DELIMITERS, key=lambda delimiter: score(delimiter))


def read_table(data):
    """Return the header and the rows of a CSV or XLSX file.

    Blank rows are left out. Every row is as wide as the header; what stands right of it is only
    kept to be refused, see :func:`check_width`.

    >>> read_table(b"key,amount\\n\\nA , 5\\n")
    (['key', 'amount'], [(3, ['A', '5'])])
    >>> read_table(b"")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
        ...
    FileError: ('empty', '')
    >>> read_table(b"key,amount\\n")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
        ...
    FileError: ('no_rows', '')
    """
    if not data.strip():
        raise FileError("empty")
    if len(data) > MAX_BYTES:
        raise FileError("too_large", MAX_BYTES // 1024 // 1024)
    lines = _spreadsheet_rows(data) if is_spreadsheet(data) else _text_rows(data)
    table = []
    for line, cells in lines:
        if any(cell != "" for cell in cells):
            table.append((line, cells))
        if len(table) > MAX_ROWS + 1:
            raise FileError("too_many_rows", MAX_ROWS)
    if not table:
        raise FileError("empty")
    header = _check_header(table.pop(0)[1])
    if not table:
        raise FileError("no_rows")
    width = len(header)
    return header, [(line, cells + [""] * (width - len(cells))) for line, cells in table]


def _check_header(cells):
    """Return the names of the columns, or refuse a first row that cannot be their names."""
    header = [str(cell) for cell in cells]
    while header and not header[-1]:
        header.pop()
    if len(header) > MAX_COLUMNS:
        raise FileError("too_many_columns", MAX_COLUMNS)
    named = [name for name in header if name]
    if not any(any(char.isalpha() for char in name) for name in named):
        raise FileError("no_header", ", ".join(named)[:80])
    twice = [name for name in named if named.count(name) > 1]
    if twice:
        raise FileError("column_twice", twice[0])
    return header


def _text_rows(data):
    text = decode(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=detect_delimiter(text))
    try:
        line = 1
        for cells in reader:
            yield line, [cell.strip() for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileError("binary", str(error)) from error


def _spreadsheet_rows(data):
    import openpyxl  # slow to import, and seldom needed

    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        if sum(info.file_size for info in archive.infolist()) > MAX_UNPACKED:
            raise FileError("too_large", MAX_BYTES // 1024 // 1024)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for line, values in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
            yield line, [to_cell(value) for value in values]
    except FileError:
        raise
    except Exception as error:  # whatever a damaged archive makes of the library
        raise FileError("damaged", str(error)[:80]) from error


def to_cell(value):
    """Return what a spreadsheet's cell holds as a text or a number.

    >>> to_cell(None), to_cell(" A "), to_cell(True), to_cell(5), to_cell(5.0), to_cell(1.5)
    ('', 'A', 'True', 5, 5, 1.5)
    >>> to_cell(dt.datetime(2026, 3, 1)), to_cell(dt.datetime(2026, 3, 1, 10, 30))
    ('2026-03-01', '2026-03-01 10:30:00')
    """
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value).strip()
    return value


def check_width(cells, width):
    """Tell whether a row has no more cells than the header has columns.

    >>> check_width(["A", "5", ""], 2), check_width(["A", "5", "?"], 2)
    (True, False)
    """
    return all(cell == "" for cell in cells[width:])
