"""Pages for people: a notice beside its findings, and the overview of a run. The scripts in ``static/`` render them.

``notice_page`` gives a notice's data, ``page_words`` the names of everything in both languages, ``shell`` the scripts
and styles that make a page of them, in the report and in the service. In a browser ``pages.notice(root, data,
{ words, chosen })`` puts a notice into an element. Text of notices becomes text nodes only.
"""
