package proof_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"recourse/internal/proof"
	"recourse/internal/when"
)

// replaceLast turns the last character of a hash in base64 so that it stands for the
// same bytes.
func replaceLast(line string) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	at := strings.IndexByte(letters, line[42])
	return line[:42] + string(letters[at^1]) + "="
}

// lineOf is the first line of a note that begins so, with its newline.
func lineOf(note []byte, begins string) []byte {
	for line := range strings.Lines(string(note)) {
		if strings.HasPrefix(line, begins) {
			return []byte(line)
		}
	}
	return nil
}

func dropLine(note, begins string) string {
	return strings.Replace(note, string(lineOf([]byte(note), begins)), "", 1)
}

// otherHalf is the second witness's key with the first one's signature.
func otherHalf(checkpoint string) string {
	raw := func(begins string) []byte {
		line := strings.TrimSuffix(string(lineOf([]byte(checkpoint), begins)), "\n")
		b, _ := base64.StdEncoding.DecodeString(line[strings.LastIndex(line, " ")+1:])
		return b
	}
	return base64.StdEncoding.EncodeToString(append(raw("— witness-2")[:4:4], raw("— witness-1")[4:]...))
}

func (s *studio) file() {
	whole := s.made()
	s.holds("file", "policy.txt", "file.json", s.encoded(whole), "8 2 2026-11-21 1 0")
	nobody := whole
	nobody.Receipts = []string{}
	nobodyKey := s.sameBucket()
	nobody.LabelKey, nobody.Stream = nobodyKey, "00000000000000000000000000000000"
	s.holdsAs("file: nothing about somebody", "file", s.encoded(nobody), "0 2 2026-11-21 0 0")
	s.holdsAs("file: without days", "file", s.encoded(changed(whole, func(f *proof.File) { f.Days = []proof.Labelday{} })), "8 0  8 0")
	s.holdsAs("file: one receipt twice", "file", s.encoded(changed(whole, func(f *proof.File) { f.Receipts = append(f.Receipts, f.Receipts[2]) })), "8 2 2026-11-21 1 0")
	s.holdsAs("file: in another order", "file", s.encoded(changed(whole, func(f *proof.File) { slices.Reverse(f.Receipts) })), "8 2 2026-11-21 1 0")
	s.holdsAs("file: one erased", "file", s.encoded(changed(whole, func(f *proof.File) {
		f.Receipts, f.Erased = f.Receipts[1:], map[string]uint64{"2026-11-20": 1}
	})), "7 2 2026-11-21 1 1")
	for _, c := range []struct {
		name   string
		change func(f *proof.File)
		want   error
	}{
		{"the first withheld", func(f *proof.File) { f.Receipts = f.Receipts[1:] }, proof.ErrWithheld},
		{"one in the middle withheld", func(f *proof.File) { f.Receipts = slices.Delete(f.Receipts, 3, 4) }, proof.ErrWithheld},
		{"one of the last day withheld", func(f *proof.File) { f.Receipts = slices.Delete(f.Receipts, 6, 7) }, proof.ErrWithheld},
		{"all withheld", func(f *proof.File) { f.Receipts = []string{} }, proof.ErrWithheld},
		{"one twice in place of another", func(f *proof.File) { f.Receipts[1] = f.Receipts[2] }, proof.ErrWithheld},
		{"one erased too many", func(f *proof.File) { f.Erased = map[string]uint64{"2026-11-20": 1} }, proof.ErrUnlabelled},
		{"far too many erased", func(f *proof.File) { f.Erased = map[string]uint64{"2026-11-20": 1 << 50} }, proof.ErrUnlabelled},
		{"one erased on another day", func(f *proof.File) { f.Receipts, f.Erased = f.Receipts[1:], map[string]uint64{"2026-11-21": 1} }, proof.ErrWithheld},
		{"another's in its place", func(f *proof.File) { f.Receipts[1] = s.receipt(8, s.opened[8], s.c, s.note) }, proof.ErrStream},
		{"a receipt that names nobody", func(f *proof.File) { f.Receipts[1] = s.files["receipt-unnamed.txt"] }, proof.ErrStream},
		{"another stream", func(f *proof.File) { f.Stream = strings.Repeat("0", 32) }, proof.ErrStream},
		{"another key", func(f *proof.File) { f.LabelKey = strings.Repeat("2", 32) }, nil},
		{"another key of the same bucket", func(f *proof.File) { f.LabelKey = nobodyKey }, proof.ErrUnlabelled},
		{"the first day left out", func(f *proof.File) { f.Days = f.Days[1:] }, proof.ErrDaysMissing},
		{"a day twice", func(f *proof.File) { f.Days = append(f.Days, f.Days[1]) }, proof.ErrDaysMissing},
		{"days exchanged", func(f *proof.File) { f.Days[0], f.Days[1] = f.Days[1], f.Days[0] }, proof.ErrDaysMissing},
		{"buckets exchanged", func(f *proof.File) { f.Days[0].Bucket, f.Days[1].Bucket = f.Days[1].Bucket, f.Days[0].Bucket }, proof.ErrBucket},
		{"a label taken out", func(f *proof.File) { f.Days[0].Bucket = f.Days[0].Bucket[:len(f.Days[0].Bucket)-33] }, proof.ErrBucket},
		{"a label of a day altered", func(f *proof.File) { f.Days[1].Bucket = flipHex(f.Days[1].Bucket) }, proof.ErrBucket},
		{"a bucket of another number", func(f *proof.File) { f.Days[0].Bucket = otherNumber(f.Days[0].Bucket) }, proof.ErrBucket},
		{"a bucket without its way", func(f *proof.File) { f.Days[0].Bucket = without(f.Days[0].Bucket, 4) }, proof.ErrBucket},
		{"more bits than may be", func(f *proof.File) { f.Days[0].Bucket = strings.Replace(f.Days[0].Bucket, "bits 1", "bits 17", 1) }, proof.ErrForm},
		{"a bucket of another version", func(f *proof.File) { f.Days[0].Bucket = "recourse/labels@v2" + f.Days[0].Bucket[18:] }, proof.ErrForm},
		{"a bucket that is cut", func(f *proof.File) { f.Days[0].Bucket = f.Days[0].Bucket[:len(f.Days[0].Bucket)-10] }, proof.ErrForm},
		{"a receipt in the row of a day", func(f *proof.File) { f.Days[0].Receipt = f.Receipts[0] }, proof.ErrForm},
		{"another format", func(f *proof.File) { f.Format = "recourse/receipts@v2" }, proof.ErrForm},
		{"another log", func(f *proof.File) { f.Origin = "registry.example/other" }, proof.ErrForm},
		{"a key in capital letters", func(f *proof.File) { f.LabelKey = strings.ToUpper(f.LabelKey) }, proof.ErrForm},
		{"a receipt that is none", func(f *proof.File) { f.Receipts[0] = "none" }, proof.ErrForm},
		{"a receipt of another log", func(f *proof.File) {
			f.Receipts[0] = s.receipt(s.own[0], s.opened[s.own[0]], s.c, s.sign(s.c, s.other, s.w1, s.w2))
		}, proof.ErrSignature},
		{"a receipt without witnesses", func(f *proof.File) {
			f.Receipts[0] = s.receipt(s.own[0], s.opened[s.own[0]], s.c, s.sign(s.c, s.by))
		}, proof.ErrWitness},
		{"a receipt of another place", func(f *proof.File) { f.Receipts[0] = strings.Replace(f.Receipts[0], "index 7\n", "index 8\n", 1) }, proof.ErrInclusion},
	} {
		text := s.encoded(changed(whole, c.change))
		if c.want == nil {
			trust, err := proof.NewTrust(s.files["log.key"], nil)
			if err != nil {
				s.t.Fatal(err)
			}
			f, err := proof.ParseFile([]byte(text))
			if err != nil {
				s.t.Fatal(err)
			}
			_, c.want = trust.CheckFile(f)
		}
		s.breaks("file: "+c.name, "file", "file.json", text, c.want)
	}
	text := s.files["file.json"]
	s.breaks("file: a member that is not known", "file", "file.json", replaced(s.t, text, `"origin"`, `"more": 1, "origin"`), proof.ErrForm)
	s.breaks("file: a number of erased below 0", "file", "file.json", replaced(s.t, text, `"erased": {}`, `"erased": {"2026-11-20": -1}`), proof.ErrForm)
	s.breaks("file: something behind it", "file", "file.json", text+"{}", proof.ErrForm)
	s.breaks("file: no JSON", "file", "file.json", "no JSON", proof.ErrForm)
	s.breaks("file: a list", "file", "file.json", "["+text+"]", proof.ErrForm)
	s.breaks("file: a bracket behind it", "file", "file.json", text+"]", proof.ErrForm)
}

// sameBucket is a key that is nobody's, with the bucket of the person on the first day.
func (s *studio) sameBucket() string {
	day := when.Of(2026, 11, 20)
	for b := byte(60); ; b++ {
		if k := proof.LabelKey(fixed(b)); k.Bucket(day, 1) == s.key.Bucket(day, 1) {
			return hex.EncodeToString(k[:])
		}
	}
}

// otherNumber is a bucket of two that says it is the other one.
func otherNumber(bucket string) string {
	if strings.Contains(bucket, "bucket 1\n") {
		return strings.Replace(bucket, "bucket 1\n", "bucket 0\n", 1)
	}
	return strings.Replace(bucket, "bucket 0\n", "bucket 1\n", 1)
}

// changed is a copy of a file with a change.
func changed(f proof.File, change func(*proof.File)) proof.File {
	f.Receipts, f.Days = slices.Clone(f.Receipts), slices.Clone(f.Days)
	change(&f)
	return f
}

// flipHex alters the last label of a bucket and keeps the order.
func flipHex(bucket string) string {
	at := len(bucket) - 2
	return bucket[:at] + map[bool]string{true: "0", false: "1"}[bucket[at] != '0'] + bucket[at+1:]
}

// holdsAs is holds for a text that is described as a change of the person's file.
func (s *studio) holdsAs(name, check, text, shows string) {
	s.cases = append(s.cases, vector{Name: name, Check: check, Policy: "policy.txt", Input: []input{made(s.files, "file.json", text)}, Shows: shows})
}

func wayText(way []proof.Hash) string {
	var out strings.Builder
	for _, h := range way {
		out.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	return out.String()
}

func (s *studio) checkpoints() {
	way := func(from uint64) string {
		w, err := proof.Extend(s.c, from, s.log.read)
		if err != nil {
			s.t.Fatal(err)
		}
		return wayText(w)
	}
	signed := func(size int) string { return string(s.sign(s.log.checkpoint(size), s.by)) }
	fork := s.c
	fork.Root[31] ^= 1
	forked := s.log.checkpoint(300)
	forked.Root[31] ^= 1
	other := s.log.checkpoint(300)
	other.Origin = "registry.example/other"
	s.files["checkpoint.txt"], s.files["nothing.txt"] = string(s.note), ""
	for name, text := range map[string]string{"checkpoint-300.txt": signed(300), "checkpoint-512.txt": signed(512), "checkpoint-0.txt": string(s.sign(s.log.checkpoint(0), s.by)),
		"checkpoint-fork.txt": string(s.sign(fork, s.by, s.w1, s.w2)), "checkpoint-300-fork.txt": string(s.sign(forked, s.by)),
		"checkpoint-other.txt": string(s.sign(other, s.by)), "checkpoint-not-theirs.txt": string(s.sign(s.log.checkpoint(300), s.other)), "way-300.txt": way(300), "way-512.txt": way(512)} {
		s.files[name] = text
	}
	from300 := strings.SplitAfter(s.files["way-300.txt"], "\n")
	for _, c := range []struct {
		name, older, newer, way, put string
		want                         error
	}{
		{"grown", "checkpoint-300.txt", "checkpoint.txt", "way-300.txt", "", nil},
		{"grown from whole tiles", "checkpoint-512.txt", "checkpoint.txt", "way-512.txt", "", nil},
		{"grown from nothing", "checkpoint-0.txt", "checkpoint.txt", "nothing.txt", "", nil},
		{"the same", "checkpoint.txt", "checkpoint.txt", "nothing.txt", "", nil},
		{"taken back", "checkpoint.txt", "checkpoint-300.txt", "way-300.txt", "", proof.ErrRollback},
		{"two of one size", "checkpoint.txt", "checkpoint-fork.txt", "nothing.txt", "", proof.ErrFork},
		{"another history before", "checkpoint-300-fork.txt", "checkpoint.txt", "way-300.txt", "", proof.ErrFork},
		{"another history after", "checkpoint-300.txt", "checkpoint-fork.txt", "way-300.txt", "", proof.ErrFork},
		{"the way from elsewhere", "checkpoint-300.txt", "checkpoint.txt", "way-512.txt", "", proof.ErrFork},
		{"no way", "checkpoint-300.txt", "checkpoint.txt", "nothing.txt", "", proof.ErrFork},
		{"a way that is too long", "checkpoint-300.txt", "checkpoint.txt", "way-300.txt", s.files["way-300.txt"] + from300[0], proof.ErrFork},
		{"a way that is too short", "checkpoint-300.txt", "checkpoint.txt", "way-300.txt", strings.Join(from300[1:], ""), proof.ErrFork},
		{"a way that is none", "checkpoint-300.txt", "checkpoint.txt", "way-300.txt", "none\n", proof.ErrForm},
		{"another log", "checkpoint-other.txt", "checkpoint.txt", "way-300.txt", "", proof.ErrSignature},
		{"not signed by the log", "checkpoint-not-theirs.txt", "checkpoint.txt", "way-300.txt", "", proof.ErrSignature},
		{"no checkpoint", "nothing.txt", "checkpoint.txt", "way-300.txt", "", proof.ErrForm},
	} {
		v := vector{Name: "consistency: " + c.name, Check: "consistency", Input: []input{{File: c.older}, {File: c.newer}, {File: c.way}}}
		if c.put != "" {
			v.Input[2] = made(s.files, c.way, c.put)
		}
		if c.want != nil {
			v.Want = codeOf(c.want)
		}
		s.cases = append(s.cases, v)
	}
	early := s.w1
	early.at -= 86400
	s.files["checkpoint-early.txt"] = string(s.sign(s.c, s.by, early, s.w2))
	for _, c := range []struct{ file, since, want string }{
		{"checkpoint.txt", "2026-11-23T04:00:00Z", ""}, {"checkpoint.txt", "2026-11-23T04:00:01Z", "E-PROOF-STALE"},
		{"checkpoint-early.txt", "2026-11-23T03:00:00Z", ""}, {"checkpoint-512.txt", "2026-11-23T03:00:00Z", "E-PROOF-WITNESS"},
	} {
		s.cases = append(s.cases, vector{Name: "fresh: " + c.file + " since " + c.since, Check: "fresh", Policy: "policy.txt", Input: []input{{File: c.file}}, Since: c.since, Want: c.want})
	}
}

// mirror is a copy of the log.
func (s *studio) mirror() {
	put := func(t proof.Tile) {
		raw, err := s.log.read(t)
		if err != nil {
			s.t.Fatal(err)
		}
		s.files["mirror/"+t.Path()] = string(raw)
	}
	for level, size := 0, s.c.Size; size > 0; level, size = level+1, size/proof.TileWidth {
		for n := range size / proof.TileWidth {
			put(proof.Tile{Level: level, N: n, Width: proof.TileWidth})
		}
		if w := int(size % proof.TileWidth); w > 0 {
			put(proof.Tile{Level: level, N: size / proof.TileWidth, Width: w})
		}
	}
	for n := range (s.c.Size + proof.TileWidth - 1) / proof.TileWidth {
		put(proof.Tile{Level: proof.Bundles, N: n, Width: int(min(proof.TileWidth, s.c.Size-n*proof.TileWidth))})
	}
	s.files["mirror/checkpoint"] = string(s.note)
	for i, l := range s.labels {
		day := when.Of(2026, 11, 20+i)
		s.files["mirror/labels/"+day.String()+"/receipt"] = s.receipt(s.days[i], s.opened[s.days[i]], s.c, s.note)
		for n := range l.Buckets {
			b, err := l.Bucket(day, n)
			if err != nil {
				s.t.Fatal(err)
			}
			s.files[fmt.Sprintf("mirror/labels/%s/%d", day, n)] = b.Text()
		}
	}
	tail := fmt.Sprintf(".p/%d", s.c.Size%proof.TileWidth)
	audit := func(name, want, shows string, c ...change) {
		s.cases = append(s.cases, vector{Name: "audit: " + name, Check: "audit", Policy: "policy.txt", Input: []input{}, Change: c, Want: want, Shows: shows})
	}
	audit("whole", "", fmt.Sprintf("%d 3 2", s.c.Size))
	audit("a bit of an entry", "E-PROOF-TILE", "", change{Part: "tile/entries/001", Flip: 100})
	audit("a bit of the last entry", "E-PROOF-TILE", "", change{Part: "tile/entries/002" + tail, Flip: len(s.files["mirror/tile/entries/002"+tail]) - 1})
	audit("a length of an entry", "E-PROOF-TILE", "", change{Part: "tile/entries/000", Flip: 1})
	audit("a bundle cut", "E-PROOF-TILE", "", change{Part: "tile/entries/000", Flip: -1, Cut: 35})
	audit("more behind a bundle", "E-PROOF-TILE", "", change{Part: "tile/entries/000", Flip: -1, More: "more"})
	audit("a bit of a tile", "E-PROOF-TILE", "", change{Part: "tile/0/001", Flip: 77})
	audit("a bit of the last tile", "E-PROOF-TILE", "", change{Part: "tile/0/002" + tail, Flip: 31})
	audit("a bit of a tile above", "E-PROOF-TILE", "", change{Part: "tile/1/000.p/2", Flip: 63})
	audit("a tile cut", "E-PROOF-TILE", "", change{Part: "tile/1/000.p/2", Flip: -1, Cut: 32})
	audit("a bit of the checkpoint", "E-PROOF-SIGNATURE", "", change{Part: "checkpoint", Flip: 23})
	audit("the checkpoint of fewer entries", "E-PROOF-FORM", "", change{Part: "checkpoint", Flip: -1, Cut: 1})
	wrong := s.c
	wrong.Root[0] ^= 1
	signed := string(s.sign(wrong, s.by, s.w1, s.w2))
	audit("another root, signed", "E-PROOF-TILE", "", change{Part: "checkpoint", Flip: -1, Cut: len(s.note), More: signed})
	s.shards()
}

// shards are copies without what came before an older checkpoint.
func (s *studio) shards() {
	without := func(tiles int, more ...change) []change {
		for n := range tiles {
			more = append(more, change{Part: fmt.Sprintf("tile/0/%03d", n), Gone: true}, change{Part: fmt.Sprintf("tile/entries/%03d", n), Gone: true})
		}
		return more
	}
	shard := func(name, after, want, shows string, c ...change) {
		s.cases = append(s.cases, vector{Name: "audit of a shard: " + name, Check: "audit", Policy: "policy.txt", Input: []input{}, Change: c, After: after, Want: want, Shows: shows})
	}
	shard("whole", "checkpoint-300.txt", "", fmt.Sprintf("%d 3 2", s.c.Size-300), without(1)...)
	shard("after whole tiles", "checkpoint-512.txt", "", fmt.Sprintf("%d 3 2", s.c.Size-512), without(2)...)
	shard("that is a whole log", "checkpoint-512.txt", "", fmt.Sprintf("%d 3 2", s.c.Size-512))
	shard("after nothing", "checkpoint-0.txt", "", fmt.Sprintf("%d 3 2", s.c.Size))
	shard("with no entry of its own", "checkpoint.txt", "", "0 0 0", without(2)...)
	shard("another history before", "checkpoint-300-fork.txt", "E-PROOF-FORK", "", without(1)...)
	shard("another end", "checkpoint-fork.txt", "E-PROOF-FORK", "", without(2)...)
	shard("after another log", "checkpoint-other.txt", "E-PROOF-SIGNATURE", "", without(1)...)
	shard("a bit of the root of what is not there", "checkpoint-300.txt", "E-PROOF-TILE", "", without(1, change{Part: "tile/1/000.p/2", Flip: 3})...)
	shard("a bit of an entry", "checkpoint-300.txt", "E-PROOF-TILE", "", without(1, change{Part: "tile/entries/001", Flip: 99})...)
	shard("a tile above cut", "checkpoint-300.txt", "E-PROOF-TILE", "", without(1, change{Part: "tile/1/000.p/2", Flip: -1, Cut: 1})...)
	forked := s.log.checkpoint(300)
	signed := string(s.sign(forked, s.by, s.w1, s.w2))
	shard("taken back", "checkpoint-512.txt", "E-PROOF-ROLLBACK", "", change{Part: "checkpoint", Flip: -1, Cut: len(s.note), More: signed})
}

var _ note.Signer = vectorSigner{}
