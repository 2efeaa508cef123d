package dossier

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"time"

	"recourse/internal/ref"
)

// Told is a version of a negative record whose person is owed a letter.
type Told struct {
	Person  ref.Person
	Record  ref.Record
	Version int32
}

// Effect is what was told and the instant at which it takes effect.
type Effect struct {
	Told
	At time.Time
}

// toldBytes is how long one Told is in the event that carries many.
const toldBytes = 16 + 16 + 4

// WriteTold writes a list for an event that stands for many records: one for
// many letters, so that what is owed costs little beside what it is owed for.
func WriteTold(list []Told) string {
	raw := make([]byte, 0, len(list)*toldBytes)
	for _, t := range list {
		raw = append(raw, t.Person[:]...)
		raw = append(raw, t.Record[:]...)
		raw = binary.BigEndian.AppendUint32(raw, uint32(t.Version))
	}
	return base64.RawStdEncoding.EncodeToString(raw)
}

// ParseTold reads what WriteTold wrote.
func ParseTold(s string) ([]Told, error) {
	raw, err := base64.RawStdEncoding.Strict().DecodeString(s)
	if err != nil || len(raw) == 0 || len(raw)%toldBytes != 0 {
		return nil, errors.New("a list of records to be told cannot be read")
	}
	list := make([]Told, len(raw)/toldBytes)
	for i := range list {
		one := raw[i*toldBytes:]
		list[i] = Told{Person: ref.Person(one[:16]), Record: ref.Record(one[16:32]), Version: int32(binary.BigEndian.Uint32(one[32:]))}
	}
	return list, nil
}
