"""Pages that are pictures: scans and photographs, read by recognition (extra ``ocr``)."""
