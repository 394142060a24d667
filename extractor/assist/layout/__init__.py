"""The task `layout`: the lines where issues and measures stand, and the outline made from them."""
