"""Old office formats (.doc, .wps, .rtf, .odt): through LibreOffice, or a small reader of our own."""
