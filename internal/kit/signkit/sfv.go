package signkit

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// What is here of structured fields (RFC 9651): strings, integers, byte
// sequences, inner lists of strings with parameters, and dictionaries of those.

// CutString reads a string at the beginning of s and returns what follows.
func CutString(s string) (rest, text string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		return s, "", false
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch ch := s[i]; {
		case ch == '"':
			return s[i+1:], b.String(), true
		case ch == '\\':
			i++
			if i == len(s) || s[i] != '"' && s[i] != '\\' {
				return s, "", false
			}
			b.WriteByte(s[i])
		case ch < 0x20 || ch > 0x7e:
			return s, "", false
		default:
			b.WriteByte(ch)
		}
	}
	return s, "", false
}

// Quote writes a string of printable ASCII.
func Quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// bytesField writes a byte sequence.
func bytesField(b []byte) string { return ":" + base64.StdEncoding.EncodeToString(b) + ":" }

// cutBytes reads a byte sequence at the beginning of s.
func cutBytes(s string) (rest string, b []byte, ok bool) {
	if !strings.HasPrefix(s, ":") {
		return s, nil, false
	}
	text, rest, found := strings.Cut(s[1:], ":")
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	return rest, b, found && err == nil
}

// cutKey reads a key of a dictionary or parameter at the beginning of s.
func cutKey(s string) (rest, key string, ok bool) {
	i := 0
	for i < len(s) && (s[i] >= 'a' && s[i] <= 'z' || s[i] == '*' || i > 0 && (s[i] >= '0' && s[i] <= '9' || strings.IndexByte("_-.", s[i]) >= 0)) {
		i++
	}
	return s[i:], s[:i], i > 0
}

// member is one member of a dictionary: a byte sequence, or an inner list with
// its parameters.
type member struct {
	raw    string // as it was written
	bytes  []byte
	items  []string
	params map[string]string // integers in decimal
}

// cutMember reads the value of a member at the beginning of s.
func cutMember(s string) (rest string, m member, ok bool) {
	if strings.HasPrefix(s, ":") {
		rest, m.bytes, ok = cutBytes(s)
		return rest, m, ok
	}
	rest, m.items, ok = cutList(s)
	if !ok {
		return s, m, false
	}
	m.params = map[string]string{}
	for strings.HasPrefix(rest, ";") {
		var key, value string
		rest, key, ok = cutKey(strings.TrimLeft(rest[1:], " "))
		if !ok {
			return s, m, false
		}
		if rest, value, ok = cutValue(rest); !ok {
			return s, m, false
		}
		m.params[key] = value
	}
	m.raw = s[:len(s)-len(rest)]
	return rest, m, true
}

// cutValue reads the value of a parameter, a string or an integer.
func cutValue(s string) (rest, value string, ok bool) {
	s, found := strings.CutPrefix(s, "=")
	if !found {
		return s, "", false
	}
	if strings.HasPrefix(s, `"`) {
		return CutString(s)
	}
	i := 0
	for i < len(s) && (s[i] >= '0' && s[i] <= '9' || i == 0 && s[i] == '-') {
		i++
	}
	_, err := strconv.ParseInt(s[:i], 10, 64)
	return s[i:], s[:i], err == nil && i <= 16
}

// cutList reads an inner list of strings without parameters.
func cutList(s string) (rest string, items []string, ok bool) {
	rest, ok = strings.CutPrefix(s, "(")
	for ok {
		rest = strings.TrimLeft(rest, " ")
		if after, end := strings.CutPrefix(rest, ")"); end {
			return after, items, true
		}
		var item string
		if rest, item, ok = CutString(rest); ok {
			items = append(items, item)
			ok = strings.HasPrefix(rest, " ") || strings.HasPrefix(rest, ")")
		}
	}
	return s, nil, false
}

// dictionary reads a dictionary of the members above. A key that comes twice is
// refused, which is stricter than the RFC: who signs must not be a matter of
// which one is read.
func dictionary(lines []string) (map[string]member, bool) {
	s := strings.Trim(strings.Join(lines, ", "), " ")
	out := map[string]member{}
	for s != "" {
		rest, key, ok := cutKey(s)
		if rest, found := strings.CutPrefix(rest, "="); ok && found {
			var m member
			s, m, ok = cutMember(rest)
			if _, twice := out[key]; !ok || twice {
				return nil, false
			}
			out[key] = m
		} else {
			return nil, false
		}
		if s = strings.TrimLeft(s, " \t"); s == "" {
			return out, true
		}
		if s, ok = strings.CutPrefix(s, ","); !ok {
			return nil, false
		}
		if s = strings.TrimLeft(s, " \t"); s == "" {
			return nil, false // ends with a comma
		}
	}
	return out, true
}
