package webkit

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/a-h/templ"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

// Markdown returns text written in CommonMark as a part of a page. HTML inside
// the text is left out, and so are links with other schemes than those of the web
// and of mail: letters are data.
func Markdown(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var out bytes.Buffer
		// Chinese is written without spaces: a line break between two of its
		// characters is none.
		md := goldmark.New(goldmark.WithExtensions(extension.NewCJK(extension.WithEastAsianLineBreaks())))
		if err := md.Convert([]byte(text), &out); err != nil {
			return fmt.Errorf("writing a text: %w", err)
		}
		_, err := out.WriteTo(w)
		return err
	})
}

// Literal returns a value so that Markdown shows it as it is.
func Literal(value string) string {
	var out strings.Builder
	for _, r := range value {
		if r < 0x80 && strings.ContainsRune("\\`*_{}[]<>()#+-.!|~&:@", r) {
			out.WriteByte('\\')
		}
		if r == '\n' || r == '\r' {
			r = ' '
		}
		out.WriteRune(r)
	}
	return out.String()
}
