"""Small workbooks and archives, made for a test."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
ODS = "application/vnd.oasis.opendocument.spreadsheet"


def xlsx(sheets: Mapping[str, Sequence[Sequence[object]]], hidden: Sequence[str] = ()) -> bytes:
    """Return a workbook as a spreadsheet would write it; texts stay texts."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(stream, options) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
            if name in hidden:
                sheet.hide()
    return stream.getvalue()


def ods(rows: str) -> bytes:
    """Return an ODS workbook of one sheet, its rows given as XML."""
    names = "".join(f' xmlns:{one}="{OFFICE}:{one}:1.0"' for one in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0"?><office:document-content{names}><office:body><office:spreadsheet>'
        f'<table:table table:name="Class">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        f'<?xml version="1.0"?><m:manifest xmlns:m="{OFFICE}:manifest:1.0">'
        f'<m:file-entry m:full-path="/" m:media-type="{ODS}"/></m:manifest>'
    )
    files = {"mimetype": ODS, "META-INF/manifest.xml": manifest, "content.xml": content}
    return zipped({name: text.encode() for name, text in files.items()})


def ods_row(*cells: str | int, more: str = "") -> str:
    """Return a row of texts and numbers as the XML of an ODS."""
    found = []
    for cell in cells:
        kind = f'float" office:value="{cell}' if isinstance(cell, int) else "string"
        text = f"<text:p>{cell}</text:p>"
        found.append(f'<table:table-cell office:value-type="{kind}">{text}</table:table-cell>')
    return f"<table:table-row{more}>{''.join(found)}</table:table-row>"


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a zip archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def replaced(data: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """Return an archive in one entry of which some bytes stand in the place of others."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {one: archive.read(one) for one in archive.namelist()}
    assert old in files[name]
    return zipped({**files, name: files[name].replace(old, new)})
