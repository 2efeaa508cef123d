package furnishfile

// What a file may ask of us at most. docs/reference/delivery.md names each.
const (
	maxColumns = 1000     // of the header
	maxCell    = 16 << 10 // bytes of a cell in UTF-8; more is a fault of the row
	maxRow     = 1 << 20  // bytes of a row in UTF-8; more is a fault of the file
	maxBlank   = 1 << 20  // empty rows between two rows: the height of a worksheet
	maxForeign = 1000     // rows that are not in the encoding of the file; more is a fault of the file

	maxSpool     = 512 << 20 // bytes of a workbook
	maxParts     = 4096      // files in a workbook
	maxDirectory = 1 << 20   // bytes of its directory
	maxUnpacked  = 4 << 30   // bytes of one part, unpacked
	maxRatio     = 200       // of unpacked to packed bytes of a part, once maxRatioFrom are unpacked
	maxRatioFrom = 16 << 20
	maxStrings   = 256 << 20 // bytes of the table of strings
	maxDepth     = 64        // of elements inside each other
	maxStyles    = 1 << 16   // of cells, and formats of numbers
	maxMerged    = 10000     // ranges of merged cells

	sniff = 64 << 10 // bytes by which format and encoding are found
)
