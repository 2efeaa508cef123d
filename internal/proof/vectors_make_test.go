package proof_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"recourse/internal/canon"
	"recourse/internal/proof"
	"recourse/internal/when"
)

const vectorsReadme = `# Vectors of the public log

Made by internal/proof, TestVectors_areMade (-update writes them); all persons, bodies and keys are made up. Every implementation of the checks runs all of
them: the Go package, recourse-verify, and the script of the page /v.

cases.json lists them, a case a line:

- name; check: receipt, file, consistency (older checkpoint, newer checkpoint, way as hashes in base64, a line each; by the log's signature alone), fresh (a
  checkpoint and the instant since when a witness must have seen it), audit (the folder mirror, changed)
- policy: the file with the policy of witnesses; empty for none. The log's key is log.key.
- input: texts. Each is a file, in which the characters (code points) from "from" up to "to" are replaced by "put".
- change: of audit: in a part of mirror the lowest bit of byte "flip" is turned (-1: none), "cut" bytes are taken from the end, "more" is put behind it; "gone": the part is not there.
- after: of audit: mirror is a shard, and this file the checkpoint at which the one before ended, signed by the log.
- want: the code with which it must be refused; empty where it must hold, and then "shows" is what it must show:
  of a receipt index, kind, instant and number of trusted witnesses; of a file events, days, last day, events that are not labelled yet and erased ones; of an audit
  entries, public entries and days.
`

// signerOf gives a key that is the same in every run.
func signerOf(t *testing.T, name, seed string, kind byte) (vkey string, key ed25519.PrivateKey, hash uint32) {
	t.Helper()
	sum := sha256.Sum256([]byte("vectors " + seed))
	key = ed25519.NewKeyFromSeed(sum[:])
	public := append([]byte{kind}, key.Public().(ed25519.PublicKey)...)
	h := sha256.Sum256(append([]byte(name+"\n"), public...))
	hash = binary.BigEndian.Uint32(h[:])
	return fmt.Sprintf("%s+%08x+%s", name, hash, base64.StdEncoding.EncodeToString(public)), key, hash
}

// vectorSigner signs as a log (at 0) or as a witness at an instant.
type vectorSigner struct {
	name string
	hash uint32
	key  ed25519.PrivateKey
	at   int64
}

func (s vectorSigner) Name() string    { return s.name }
func (s vectorSigner) KeyHash() uint32 { return s.hash }
func (s vectorSigner) Sign(msg []byte) ([]byte, error) {
	if s.at == 0 {
		return ed25519.Sign(s.key, msg), nil
	}
	signed := fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", s.at, msg)
	return append(binary.BigEndian.AppendUint64(nil, uint64(s.at)), ed25519.Sign(s.key, signed)...), nil
}

// studio is where vectors are made.
type studio struct {
	t             *testing.T
	log           *madeLog
	by, other     vectorSigner
	w1, w2, w3    vectorSigner
	files         map[string]string
	cases         []vector
	mine, theirs  [16]byte
	key           proof.LabelKey
	opened        map[uint64]proof.Opening
	own           []uint64 // entries about the person of the file
	days          []uint64 // entries that publish days
	buckets       []string
	labels        []proof.Labels
	c             proof.Checkpoint
	note          []byte
	sealed, lawAt uint64
}

var seenAt = time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)

func makeVectors(t *testing.T) map[string]string {
	s := &studio{t: t, log: &madeLog{}, files: map[string]string{"README.md": vectorsReadme}, opened: map[uint64]proof.Opening{},
		mine: fixed(1), theirs: fixed(101), key: proof.LabelKey(fixed(200))}
	s.keys()
	s.fill()
	s.receipts()
	s.brokenReceipts()
	s.resigned()
	s.file()
	s.checkpoints()
	s.mirror()
	s.files["cases.json"] = casesJSON(t, s.cases)
	return s.files
}

func (s *studio) keys() {
	signer := func(name, seed string, kind byte) (string, vectorSigner) {
		vkey, key, hash := signerOf(s.t, name, seed, kind)
		v := vectorSigner{name: name, hash: hash, key: key}
		if kind == 4 {
			v.at = seenAt.Unix()
		}
		return vkey, v
	}
	var log, one, two string
	log, s.by = signer("registry.example/log", "log", 1)
	_, s.other = signer("registry.example/log", "another", 1)
	one, s.w1 = signer("witness-1.example", "w1", 4)
	two, s.w2 = signer("witness-2.example", "w2", 4)
	_, s.w3 = signer("witness-3.example", "w3", 4)
	s.files["log.key"] = log + "\n"
	s.files["policy.txt"] = "# both of two\nwitness one " + one + " https://witness-1.example/\nwitness two " + two + " https://witness-2.example/\ngroup both all one two\nquorum both\n"
	s.files["policy-one.txt"] = "witness one " + one + " https://witness-1.example/\nwitness two " + two + " https://witness-2.example/\ngroup either any one two\nquorum either\n"
	s.log.signer = s.by
}

func (s *studio) sign(c proof.Checkpoint, by ...note.Signer) []byte { return s.log.sign(s.t, c, by...) }

func (s *studio) add(o proof.Opening) uint64 {
	at := s.log.add(o.Entry())
	s.opened[at] = o
	return at
}

// fill makes a log of two labelled days and a third that is not over.
func (s *studio) fill() {
	from, n := uint64(0), 0
	for d, total := range []int{600, 100, 44} {
		day := when.Of(2026, 11, 20+d)
		counted := map[proof.LabelKey]uint64{}
		b := proof.BitsFor(total)
		var labels []proof.Label
		if d > 0 { // of the event that published the day before
			labels = append(labels, proof.LabelKey(fixed(99)).Label(day, 1, b))
		}
		for i := range total {
			stream, key := s.theirs, proof.LabelKey(fixed(byte(i%50)))
			if i%100 == 7 {
				stream, key = s.mine, s.key
			}
			at := s.add(s.event(n, stream))
			if key == s.key {
				s.own = append(s.own, at)
			}
			n++
			counted[key]++
			labels = append(labels, key.Label(day, counted[key], b))
		}
		if d == 2 {
			break
		}
		all := proof.NewLabels(labels)
		bucket, err := all.Bucket(day, s.key.Bucket(day, b))
		if err != nil {
			s.t.Fatal(err)
		}
		s.labels = append(s.labels, all)
		published := proof.Day{Day: day, From: from, Until: uint64(len(s.log.entries)), Bits: b, Root: all.Root()}
		from = published.Until
		e := proof.Event{ID: fixed(byte(d)), Kind: proof.Labelled, At: at, Facts: published.Facts()}
		s.days, s.buckets = append(s.days, s.add(proof.Opening{Event: e.Bytes()})), append(s.buckets, bucket.Text())
	}
	law := proof.Event{ID: fixed(77), Stream: fixed(78), Kind: "law.activated", At: at, Facts: map[string]string{"version": "made-up/1", "title": "编造的规则包"}}
	s.lawAt = s.add(proof.Opening{Event: law.Bytes()})
	s.sealed = s.own[2]
	s.c = s.log.checkpoint(len(s.log.entries))
	s.note = s.sign(s.c, s.by, s.w1, s.w2)
}

// event is an opening of a made-up event; every third has a fact in Chinese.
func (s *studio) event(n int, stream [16]byte) proof.Opening {
	id := sha256.Sum256(fmt.Append(nil, "vector ", n))
	nonce := proof.NewNonce(sha256.Sum256(fmt.Append(nil, "leaf ", n)), [16]byte(id[:16]))
	facts := map[string]string{"outcome": fmt.Sprint(n % 4)}
	if n%3 == 0 {
		facts["purpose"] = "编造"
	}
	e := proof.Event{ID: [16]byte(id[:16]), Stream: proof.StreamMark(nonce, stream), Kind: "inquiry.answered", At: at.Add(time.Duration(n) * time.Minute), Facts: facts}
	o := proof.Opening{Nonce: &nonce, Stream: &stream}
	if n%2 == 1 {
		own := proof.NewOwn(sha256.Sum256(fmt.Append(nil, "leaf ", n)), e.ID, map[string]string{"records": fmt.Sprint("made-up ", n), "remark": "编造"})
		e.Own, o.Own = own.Binding(), &own
	}
	o.Event = e.Bytes()
	return o
}

func (s *studio) receipt(index uint64, o proof.Opening, c proof.Checkpoint, signed []byte) string {
	return s.log.receipt(s.t, index, o, c, signed)
}

// holds keeps a text under a file name and wants it to hold.
func (s *studio) holds(check, policy, file, text, shows string) {
	s.files[file] = text
	s.cases = append(s.cases, vector{Name: strings.TrimSuffix(file, ".txt"), Check: check, Policy: policy, Input: []input{{File: file, To: 0}}, Shows: shows})
}

// breaks wants a text that is like a file to be refused.
func (s *studio) breaks(name, check, file, text string, want error) {
	if s.files[file] == text {
		s.t.Fatalf("%s changes nothing", name)
	}
	s.cases = append(s.cases, vector{Name: name, Check: check, Policy: "policy.txt", Input: []input{made(s.files, file, text)}, Want: codeOf(want)})
}

func codeOf(err error) string {
	text, _, _ := strings.Cut(err.Error(), ":")
	return text
}

func (s *studio) receipts() {
	show := func(i uint64, witnesses int) string {
		e, err := proof.ParseEvent(s.opened[i].Event)
		if err != nil {
			s.t.Fatal(err)
		}
		return fmt.Sprintf("%d %s %s %d", i, e.Kind, e.At.Format("2006-01-02T15:04:05.000000Z"), witnesses)
	}
	full := s.opened
	s.holds("receipt", "policy.txt", "receipt.txt", s.receipt(s.sealed, full[s.sealed], s.c, s.note), show(s.sealed, 2))
	unnamed := full[s.own[1]]
	unnamed.Stream, unnamed.Own = nil, nil
	s.holds("receipt", "policy.txt", "receipt-unnamed.txt", s.receipt(s.own[1], unnamed, s.c, s.note), show(s.own[1], 2))
	s.holds("receipt", "policy.txt", "receipt-public.txt", s.receipt(s.lawAt, full[s.lawAt], s.c, s.note), show(s.lawAt, 2))
	s.holds("receipt", "policy.txt", "receipt-labels.txt", s.receipt(s.days[1], full[s.days[1]], s.c, s.note), show(s.days[1], 2))
	s.holds("receipt", "policy.txt", "receipt-first.txt", s.receipt(0, full[0], s.c, s.note), show(0, 2))
	last := s.c.Size - 1
	named := full[last]
	stream := fixed(78)
	named.Stream = &stream
	s.holds("receipt", "policy.txt", "receipt-last-named.txt", s.receipt(last, named, s.c, s.note), show(last, 2))
	for _, size := range []int{1, 2, 256, 257, 512} {
		c := s.log.checkpoint(size)
		i := uint64(size - 1)
		s.holds("receipt", "policy.txt", fmt.Sprintf("receipt-of-%d.txt", size), s.receipt(i, full[i], c, s.sign(c, s.by, s.w1, s.w2)), show(i, 2))
	}
	s.holds("receipt", "", "receipt-unwitnessed.txt", s.receipt(5, full[5], s.c, s.sign(s.c, s.by)), show(5, 0))
	s.holds("receipt", "policy-one.txt", "receipt-one-of-two.txt", s.receipt(6, full[6], s.c, s.sign(s.c, s.by, s.w2)), show(6, 1))
	s.holds("receipt", "policy.txt", "receipt-stranger.txt", s.receipt(7, full[7], s.c, s.sign(s.c, s.w3, s.by, s.w2, s.w1)), show(7, 2))
	bare := s.c
	bare.Extensions = nil
	s.holds("receipt", "policy.txt", "receipt-no-extensions.txt", s.receipt(8, full[8], bare, s.sign(bare, s.by, s.w1, s.w2)), show(8, 2))
}

// brokenReceipts are altered without a key.
func (s *studio) brokenReceipts() {
	text := s.files["receipt.txt"]
	lines := strings.Split(text, "\n")
	line := func(n int, by string) string {
		all := strings.Split(text, "\n")
		all[n] = by
		return strings.Join(all, "\n")
	}
	where := strings.Index(text, "\n\n") + 2 // where the checkpoint begins
	c, b := text[where:], func(name, text string, want error) { s.breaks(name, "receipt", "receipt.txt", text, want) }
	b("receipt: nothing", "", proof.ErrForm)
	b("receipt: cut in the middle", text[:len(text)/2], proof.ErrForm)
	b("receipt: without its checkpoint", text[:where], proof.ErrForm)
	b("receipt: another version", line(0, "c2sp.org/tlog-proof@v2"), proof.ErrForm)
	b("receipt: lines of another system", strings.ReplaceAll(text, "\n", "\r\n"), proof.ErrForm)
	b("receipt: a space behind a line", line(3, lines[3]+" "), proof.ErrForm)
	b("receipt: an empty line before all", "\n"+text, proof.ErrForm)
	b("receipt: a mark of the byte order", "\ufeff"+text, proof.ErrForm)
	b("receipt: the opening is missing", without(text, 1), proof.ErrForm)
	b("receipt: the index is missing", without(text, 2), proof.ErrForm)
	b("receipt: the index begins with 0", line(2, "index 0"+lines[2][6:]), proof.ErrForm)
	b("receipt: the index has a sign", line(2, "index +"+lines[2][6:]), proof.ErrForm)
	b("receipt: the index is too large", line(2, "index 18446744073709551616"), proof.ErrForm)
	b("receipt: a hash without its padding", line(3, strings.TrimRight(lines[3], "=")), proof.ErrForm)
	b("receipt: a hash in another base64", line(3, replaceLast(lines[3])), proof.ErrForm)
	b("receipt: no newline at the end", strings.TrimSuffix(text, "\n"), proof.ErrForm)
	b("receipt: a line behind the signatures", text+"more\n", proof.ErrForm)
	b("receipt: a control character", replaced(s.t, text, "pack cn-hubei/1", "pack cn-hubei\t1"), proof.ErrForm)
	b("receipt: no signature line", text[:where]+c[:strings.Index(c, "\n\n")+2], proof.ErrForm)
	b("receipt: a name with a plus", replaced(s.t, text, "— witness-2.example ", "— witness+2.example "), proof.ErrForm)

	b("receipt: the signature of the log is missing", text[:where]+dropLine(c, "— registry.example/log"), proof.ErrSignature)
	b("receipt: only strangers signed", text[:where]+dropLine(dropLine(dropLine(c, "— registry.example/log"), "— witness-1"), "— witness-2")+string(lineOf(s.sign(s.c, s.w3), "— witness-3")), proof.ErrSignature)
	b("receipt: the origin is another", text[:where]+strings.Replace(c, "registry.example/log", "registry.example/lag", 1), proof.ErrSignature)
	b("receipt: the size is another", text[:where]+strings.Replace(c, fmt.Sprintf("\n%d\n", s.c.Size), fmt.Sprintf("\n%d\n", s.c.Size+1), 1), proof.ErrSignature)
	b("receipt: an extension is another", replaced(s.t, text, "binary sha256:01", "binary sha256:02"), proof.ErrSignature)
	b("receipt: a cosignature is of another", text[:where]+strings.Replace(c, string(lineOf([]byte(c), "— witness-2")), "— witness-2.example "+otherHalf(c)+"\n", 1), proof.ErrSignature)

	b("receipt: a path one shorter", without(text, 3), proof.ErrInclusion)
	b("receipt: a path one longer", line(3, lines[3]+"\n"+lines[3]), proof.ErrInclusion)
	b("receipt: two hashes exchanged", strings.Replace(text, lines[3]+"\n"+lines[4], lines[4]+"\n"+lines[3], 1), proof.ErrInclusion)
	b("receipt: the place beside", line(2, fmt.Sprintf("index %d", s.sealed+1)), proof.ErrInclusion)
	b("receipt: a place behind the end", line(2, fmt.Sprintf("index %d", s.c.Size)), proof.ErrInclusion)
	b("receipt: the largest place", line(2, "index 18446744073709551615"), proof.ErrInclusion)
	openings := s.openings()
	for _, name := range slices.Sorted(maps.Keys(openings)) {
		c := openings[name]
		b("receipt: "+name, line(1, "extra "+base64.StdEncoding.EncodeToString(c.bytes)), c.want)
	}
}

type broken struct {
	bytes []byte
	want  error
}

// openings are openings of the receipt that do not hold.
func (s *studio) openings() map[string]broken {
	o := s.opened[s.sealed]
	event, err := canon.ParseFields(o.Event)
	if err != nil {
		s.t.Fatal(err)
	}
	with := func(change func(m map[string]string)) []byte {
		m := maps.Clone(event)
		change(m)
		changed := o
		changed.Event = canon.Fields(m)
		return changed.Bytes()
	}
	outer := func(change func(m map[string]string)) []byte {
		m := map[string]string{"event": string(o.Event), "nonce": string(o.Nonce[:]), "stream": string(o.Stream[:]),
			"own": string(canon.Fields(o.Own.Facts)), "own_key": string(o.Own.Key[:])}
		change(m)
		return canon.Fields(m)
	}
	own := func(change func(m map[string]string)) []byte {
		m := maps.Clone(o.Own.Facts)
		change(m)
		return outer(func(outer map[string]string) { outer["own"] = string(canon.Fields(m)) })
	}
	raw := o.Bytes()
	return map[string]broken{
		"another outcome":              {with(func(m map[string]string) { m["fact.outcome"] = "9" }), proof.ErrInclusion},
		"another instant":              {with(func(m map[string]string) { m["at"] = "2026-11-23T04:05:06.000000Z" }), proof.ErrInclusion},
		"another kind":                 {with(func(m map[string]string) { m["kind"] = "inquiry.refused" }), proof.ErrInclusion},
		"a fact more":                  {with(func(m map[string]string) { m["fact.more"] = "1" }), proof.ErrInclusion},
		"another nonce":                {outer(func(m map[string]string) { m["nonce"] = strings.Repeat("n", 32) }), proof.ErrInclusion},
		"the nonce is missing":         {outer(func(m map[string]string) { delete(m, "nonce") }), proof.ErrInclusion},
		"another stream":               {outer(func(m map[string]string) { m["stream"] = strings.Repeat("s", 16) }), proof.ErrStream},
		"a stream that is too short":   {outer(func(m map[string]string) { m["stream"] = "s" }), proof.ErrForm},
		"a nonce that is too long":     {outer(func(m map[string]string) { m["nonce"] += "n" }), proof.ErrForm},
		"a field that is not known":    {outer(func(m map[string]string) { m["more"] = "1" }), proof.ErrForm},
		"another own fact":             {own(func(m map[string]string) { m["records"] = "another" }), proof.ErrInclusion},
		"an own fact more":             {own(func(m map[string]string) { m["more"] = "1" }), proof.ErrInclusion},
		"an own fact less":             {own(func(m map[string]string) { delete(m, "remark") }), proof.ErrInclusion},
		"no own fact":                  {own(func(m map[string]string) { clear(m) }), proof.ErrForm},
		"own facts that are none":      {outer(func(m map[string]string) { m["own"] = "none" }), proof.ErrForm},
		"own facts without their key":  {outer(func(m map[string]string) { delete(m, "own_key") }), proof.ErrForm},
		"a key of own facts alone":     {outer(func(m map[string]string) { delete(m, "own") }), proof.ErrForm},
		"another key of own facts":     {outer(func(m map[string]string) { m["own_key"] = strings.Repeat("k", 32) }), proof.ErrInclusion},
		"a key of own facts cut":       {outer(func(m map[string]string) { m["own_key"] = "k" }), proof.ErrForm},
		"what binds own facts gone":    {with(func(m map[string]string) { delete(m, "own") }), proof.ErrInclusion},
		"no event":                     {outer(func(m map[string]string) { delete(m, "event") }), proof.ErrForm},
		"a byte behind the opening":    {append(append([]byte{}, raw...), 0), proof.ErrForm},
		"another version of fields":    {append([]byte{2}, raw[1:]...), proof.ErrForm},
		"more fields than there are":   {append([]byte{1, 0, 0, 0, 4}, raw[5:]...), proof.ErrForm},
		"an opening that is cut short": {raw[:len(raw)-1], proof.ErrForm},
	}
}
