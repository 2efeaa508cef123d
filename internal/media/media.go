// Package media says what a file is by its content: pictures, PDF, and documents of
// offices without macros.
//
// It promises that what a file calls itself counts for nothing, and that everything
// else is refused.
package media

import (
	"archive/zip"
	"bytes"
	"strings"
)

// Of returns the media type of a file, by its content; false for everything that is
// not a PNG, a JPEG, a PDF or an office document without macros.
func Of(data []byte) (string, bool) {
	for magic, is := range map[string]string{"%PDF-": "application/pdf", "\x89PNG\r\n\x1a\n": "image/png", "\xff\xd8\xff": "image/jpeg"} {
		if bytes.HasPrefix(data, []byte(magic)) {
			return is, true
		}
	}
	return office(data)
}

// office recognises documents of word processors and tables, without macros.
func office(data []byte) (string, bool) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return "", false
	}
	is := ""
	for _, f := range z.File {
		name := strings.ToLower(f.Name)
		switch {
		case strings.Contains(name, "vbaproject") || strings.HasPrefix(name, "basic/") || strings.HasPrefix(name, "scripts/"):
			return "", false
		case name == "word/document.xml":
			is = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
		case name == "xl/workbook.xml":
			is = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		case name == "content.xml" && is == "":
			is = "application/vnd.oasis.opendocument.text"
		}
	}
	return is, is != ""
}

// Ending returns the ending of the name of a file of a media type that Of returns.
func Ending(mediaType string) string {
	switch mediaType {
	case "application/pdf":
		return ".pdf"
	case "image/png":
		return ".png"
	case "image/jpeg":
		return ".jpg"
	case "application/vnd.openxmlformats-officedocument.wordprocessingml.document":
		return ".docx"
	case "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":
		return ".xlsx"
	}
	return ".odt"
}
