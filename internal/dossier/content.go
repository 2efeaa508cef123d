package dossier

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Content reads what is sealed of a record: one JSON object of texts, a field
// each. It is written out because it runs for every record of every answer; what
// it does not take at sight goes to the library.
func Content(plain []byte) (map[string]string, error) {
	if fields, ok := simple(plain); ok {
		return fields, nil
	}
	var fields map[string]string
	if err := json.Unmarshal(plain, &fields); err != nil {
		return nil, fmt.Errorf("the content of a record is no object of texts: %w", err)
	}
	return fields, nil
}

// simple reads an object without spaces and escapes, as deliveries write nearly
// all. The texts share one copy.
func simple(plain []byte) (map[string]string, bool) {
	if len(plain) < 2 || bytes.IndexByte(plain, '\\') >= 0 || !utf8.Valid(plain) {
		return nil, false
	}
	rest, ok := strings.CutPrefix(string(plain), "{")
	fields := make(map[string]string, 12)
	for ok && rest != "}" {
		var name, value string
		if name, rest, ok = text(rest); !ok || rest == "" || rest[0] != ':' {
			return nil, false
		}
		if value, rest, ok = text(rest[1:]); !ok {
			return nil, false
		}
		if _, twice := fields[name]; twice {
			return nil, false
		}
		fields[name] = value
		if after, more := strings.CutPrefix(rest, `,`); more && strings.HasPrefix(after, `"`) {
			rest = after
		} else if rest != "}" {
			return nil, false
		}
	}
	return fields, ok
}

// text takes a JSON string without escapes from the front of s.
func text(s string) (value, rest string, ok bool) {
	if s == "" || s[0] != '"' {
		return "", "", false
	}
	end := strings.IndexByte(s[1:], '"') + 1
	if end == 0 {
		return "", "", false
	}
	for i := 1; i < end; i++ {
		if s[i] < ' ' {
			return "", "", false
		}
	}
	return s[1:end], s[end+1:], true
}
