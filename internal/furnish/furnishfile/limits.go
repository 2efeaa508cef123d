package furnishfile

// What a file may ask of us at most. docs/reference/delivery.md names each.
const (
	maxColumns = 1000     // of the header
	maxCell    = 16 << 10 // bytes of a cell in UTF-8; more is a fault of the row
	maxRow     = 1 << 20  // bytes of a row in UTF-8; more is a fault of the file
	maxBlank   = 1 << 20  // empty rows between two rows: the height of a worksheet
	maxForeign = 1000     // rows that are not in the encoding of the file; more is a fault of the file

	sniff = 64 << 10 // bytes by which format and encoding are found
)
