package furnish

import (
	"unicode/utf8"
)

// plain writes the content of a row as it is sealed and fingerprinted: one JSON
// object, the fields of the type in order of their names, empty ones left out.
// Equal contents give equal bytes. It is written out because it runs for every row.
func (r *run) plain(fields map[string]string) []byte {
	out := make([]byte, 1, 384)
	out[0] = '{'
	for _, name := range r.fields {
		value := fields[name]
		if value == "" {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = quoted(append(quoted(out, name), ':'), value)
	}
	return append(out, '}')
}

// quoted appends a JSON string: quotes, backslashes and control characters are
// escaped, nothing else. What is no UTF-8 becomes the replacement character.
func quoted(out []byte, s string) []byte {
	const hex = "0123456789abcdef"
	out = append(out, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c < ' ':
			out = append(out, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		case c < utf8.RuneSelf:
			out = append(out, c)
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			out = utf8.AppendRune(out, r)
			i += n
			continue
		}
		i++
	}
	return append(out, '"')
}
