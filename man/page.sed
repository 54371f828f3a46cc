# What scdoc leaves undone: .TH turns hyphenation on again; a plain hyphen is one that a line may end at, and that some terminals show
# as a character which cannot be pasted into a command; \\ is no backslash to every formatter.
/^\.TH /a .nh
/^[.']/!s/-/\\-/g
s/\\h'\\-/\\h'-/g
s/\\\\/\\e/g
