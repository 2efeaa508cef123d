// Package canon writes the bytes that are fingerprinted, committed to and
// signed: one value, one byte string.
//
// It promises that equal contents give equal bytes whatever order their fields
// came in, that different contents give different bytes (every part is length-
// prefixed), and that the form never changes under one version mark.
package canon

import (
	"encoding/binary"
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

// Parts writes an ordered list of byte strings, each with its length.
func Parts(parts ...[]byte) []byte {
	out := []byte{version}
	out = binary.BigEndian.AppendUint32(out, uint32(len(parts)))
	for _, p := range parts {
		out = part(out, string(p))
	}
	return out
}

const version = 1

func part(out []byte, s string) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(s)))
	return append(out, s...)
}
