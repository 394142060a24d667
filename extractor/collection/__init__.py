"""Many notices as one: which of them are the same, which are of one body, and the sums that may be quoted of them.

Pure functions over records and their texts: nothing here opens a file. Run, report, tables, exports and service all ask
here, so that each sum and each name has one owner.
"""
