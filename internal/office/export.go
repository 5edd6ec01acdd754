package office

// exportFormats are the files that an export writes, in the order in which they are offered.
var exportFormats = []string{"csv", "xlsx", "jsonl"}
