package furnish

import (
	"unicode/utf8"

	"recourse/internal/party"
)

// states writes what a row says of whom, as it is committed to: one JSON object
// with the identity, a line break, and one with the content as it is sealed, the
// fields of the type in order of their names, empty ones left out. Equal rows give
// equal bytes. It is written out because it runs for every row.
func (r *run) states(id party.Identity, nameKey string, fields map[string]string) (all, content []byte) {
	out := make([]byte, 0, 512)
	out = quoted(append(out, `{"id_number":`...), id.Number)
	out = quoted(append(out, `,"id_type":`...), id.Type)
	out = quoted(append(out, `,"name":`...), nameKey)
	out = append(out, '}', '\n', '{')
	begin := len(out) - 1
	for _, name := range r.fields {
		value := fields[name]
		if value == "" {
			continue
		}
		if out[len(out)-1] != '{' {
			out = append(out, ',')
		}
		out = quoted(append(quoted(out, name), ':'), value)
	}
	out = append(out, '}')
	return out, out[begin:]
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
