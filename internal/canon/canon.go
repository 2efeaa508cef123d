// Package canon writes the bytes that are fingerprinted, committed to and
// signed: one value, one byte string.
//
// It promises that equal contents give equal bytes whatever order their fields
// came in, that different contents give different bytes (every part is length-
// prefixed), and that the form never changes under one version mark.
package canon

import (
	"encoding/binary"
	"errors"
	"slices"
)

// Fields writes a content of named text fields: a version byte, the number of
// fields, then name and value of each in byte order of the names, each with its
// length as a 32-bit big-endian number. A field with an empty value is left out, so that an
// absent and an empty field are one.
func Fields(m map[string]string) []byte {
	names := make([]string, 0, len(m))
	size := 5
	for name, value := range m {
		if value == "" {
			continue
		}
		names = append(names, name)
		size += 8 + len(name) + len(value)
	}
	slices.Sort(names)
	out := make([]byte, 0, size)
	out = append(out, version)
	out = binary.BigEndian.AppendUint32(out, uint32(len(names)))
	for _, name := range names {
		out = part(out, name)
		out = part(out, m[name])
	}
	return out
}

// Begin begins what Fields writes, for n fields that Add then adds in byte order of
// their names, none of them empty: for who writes many contents of one shape.
func Begin(out []byte, n int) []byte {
	return binary.BigEndian.AppendUint32(append(out, version), uint32(n))
}

// Add adds a field to what Begin began. The name may come in two parts.
func Add[T string | []byte](out []byte, prefix, name string, value T) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(prefix)+len(name)))
	out = append(append(out, prefix...), name...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(value)))
	return append(out, value...)
}

// Parts writes an ordered list of byte strings, each with its length.
func Parts(parts ...[]byte) []byte {
	size := 5
	for _, p := range parts {
		size += 4 + len(p)
	}
	out := append(make([]byte, 0, size), version)
	out = binary.BigEndian.AppendUint32(out, uint32(len(parts)))
	for _, p := range parts {
		out = append(binary.BigEndian.AppendUint32(out, uint32(len(p))), p...)
	}
	return out
}

// Texts is Parts of texts.
func Texts(parts ...string) []byte {
	size := 5
	for _, p := range parts {
		size += 4 + len(p)
	}
	out := append(make([]byte, 0, size), version)
	out = binary.BigEndian.AppendUint32(out, uint32(len(parts)))
	for _, p := range parts {
		out = part(out, p)
	}
	return out
}

const version = 1

func part(out []byte, s string) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(s)))
	return append(out, s...)
}

// ErrFields is returned for bytes that Fields did not write.
var ErrFields = errors.New("not a content of named fields")

// ParseFields reads what Fields wrote, and nothing else: names in order, no empty
// values, nothing behind the end.
func ParseFields(b []byte) (map[string]string, error) {
	if len(b) < 5 || b[0] != version {
		return nil, ErrFields
	}
	n, rest := binary.BigEndian.Uint32(b[1:]), b[5:]
	if uint64(n)*9 > uint64(len(rest)) {
		return nil, ErrFields
	}
	out := make(map[string]string, n)
	last := ""
	for i := range n {
		var name, value string
		var ok bool
		if name, rest, ok = cutPart(rest); !ok || i > 0 && name <= last {
			return nil, ErrFields
		}
		if value, rest, ok = cutPart(rest); !ok || value == "" {
			return nil, ErrFields
		}
		out[name], last = value, name
	}
	if len(rest) != 0 {
		return nil, ErrFields
	}
	return out, nil
}

func cutPart(b []byte) (part string, rest []byte, ok bool) {
	if len(b) < 4 {
		return "", nil, false
	}
	n := binary.BigEndian.Uint32(b)
	if uint64(n) > uint64(len(b)-4) {
		return "", nil, false
	}
	return string(b[4 : 4+n]), b[4+n:], true
}
