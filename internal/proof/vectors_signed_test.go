package proof_test

import (
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"recourse/internal/canon"
	"recourse/internal/proof"
)

// resigned are receipts of events that are not in the format, properly signed.
func (s *studio) resigned() {
	good, err := canon.ParseFields(s.opened[s.sealed].Event)
	if err != nil {
		s.t.Fatal(err)
	}
	with := func(change func(m map[string]string)) []byte {
		m := maps.Clone(good)
		change(m)
		return canon.Fields(m)
	}
	twice := proof.NewOwn([32]byte{1}, [16]byte{1}, map[string]string{"outcome": "9"})
	events := map[string][]byte{
		"an event without an instant":    with(func(m map[string]string) { delete(m, "at") }),
		"an event without a kind":        with(func(m map[string]string) { delete(m, "kind") }),
		"an instant to the second":       with(func(m map[string]string) { m["at"] = "2026-11-23T04:05:06Z" }),
		"a day that does not exist":      with(func(m map[string]string) { m["at"] = "2026-02-30T04:05:06.000000Z" }),
		"an id in capital letters":       with(func(m map[string]string) { m["event"] = strings.ToUpper(m["event"]) }),
		"an id that is too short":        with(func(m map[string]string) { m["event"] = m["event"][:30] }),
		"a fact without a name":          with(func(m map[string]string) { m["fact."] = "1" }),
		"a field of no event":            with(func(m map[string]string) { m["fakt.x"] = "1" }),
		"fields in another order":        append([]byte{1, 0, 0, 0, 2, 0, 0, 0, 1, 'b', 0, 0, 0, 1, '1'}, 0, 0, 0, 1, 'a', 0, 0, 0, 1, '1'),
		"an event that is no fields":     []byte("no fields"),
		"own facts bound in capitals":    with(func(m map[string]string) { m["own"] = strings.ToUpper(m["own"]) }),
		"an own fact of a fact's name":   with(func(m map[string]string) { m["own"] = hex.EncodeToString(twice.Binding()[:]) }),
		"an event of fields with a tail": append(with(func(map[string]string) {}), 0),
	}
	for _, name := range slices.Sorted(maps.Keys(events)) {
		l := &madeLog{}
		o := proof.Opening{Event: events[name], Nonce: s.opened[s.sealed].Nonce}
		if strings.HasPrefix(name, "an own fact") {
			o.Own = &twice
		}
		l.add(o.Entry())
		c := l.checkpoint(1)
		s.breaks("receipt, signed: "+name, "receipt", "receipt-of-1.txt", l.receipt(s.t, 0, o, c, s.sign(c, s.by, s.w1, s.w2)), proof.ErrForm)
	}
	o := s.opened[s.sealed]
	for _, c := range []struct {
		name string
		by   []note.Signer
		want error
	}{
		{"one witness of both", []note.Signer{s.by, s.w1}, proof.ErrWitness},
		{"no witness", []note.Signer{s.by}, proof.ErrWitness},
		{"a witness who is unknown", []note.Signer{s.by, s.w1, s.w3}, proof.ErrWitness},
		{"another log of its name", []note.Signer{s.other, s.w1, s.w2}, proof.ErrSignature},
		{"witnesses alone", []note.Signer{s.w1, s.w2}, proof.ErrSignature},
	} {
		s.breaks("receipt, signed: "+c.name, "receipt", "receipt.txt", s.receipt(s.sealed, o, s.c, s.sign(s.c, c.by...)), c.want)
	}
	empty := s.c
	empty.Origin = "registry.example/other"
	s.breaks("receipt, signed: another origin", "receipt", "receipt.txt", s.receipt(s.sealed, o, empty, s.sign(empty, s.by, s.w1, s.w2)), proof.ErrSignature)
	root := s.c
	root.Root[0] ^= 1
	text := strings.TrimSuffix(s.files["receipt.txt"], string(s.note)) + string(s.sign(root, s.by, s.w1, s.w2))
	s.breaks("receipt, signed: another root", "receipt", "receipt.txt", text, proof.ErrInclusion)
	named := s.opened[s.lawAt]
	stream := fixed(79)
	named.Stream = &stream
	s.breaks("receipt: a public event of another stream", "receipt", "receipt-public.txt", s.receipt(s.lawAt, named, s.c, s.note), proof.ErrStream)
}

func (s *studio) encoded(f proof.File) string {
	raw, err := json.MarshalIndent(f, "", " ")
	if err != nil {
		s.t.Fatal(err)
	}
	return string(raw) + "\n"
}

// made is the person's file.
func (s *studio) made() proof.File {
	f := proof.NewFile("registry.example/log", s.mine, s.key)
	for _, i := range s.own {
		f.Receipts = append(f.Receipts, s.receipt(i, s.opened[i], s.c, s.note))
	}
	for i, d := range s.days {
		f.Days = append(f.Days, proof.Labelday{Receipt: s.receipt(d, s.opened[d], s.c, s.note), Bucket: s.buckets[i]})
	}
	return f
}
