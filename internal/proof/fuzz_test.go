package proof_test

import (
	"bytes"
	"strings"
	"testing"

	"recourse/internal/proof"
)

// seeds are the texts of all vectors with one of these checks.
func seeds(f *testing.F, checks ...string) (out []string) {
	f.Helper()
	files, all := readVectors(f)
	for _, v := range all {
		for _, c := range checks {
			if v.Check == c {
				for _, in := range v.Input {
					out = append(out, in.text(files))
				}
			}
		}
	}
	return out
}

func vectorTrust(f *testing.F) proof.Trust {
	f.Helper()
	files, _ := readVectors(f)
	trust, err := proof.NewTrust(files["log.key"], []byte(files["policy.txt"]))
	if err != nil {
		f.Fatal(err)
	}
	return trust
}

// FuzzFile: a file that is read is one that can be checked without a panic, and what
// holds is about its own stream.
func FuzzFile(f *testing.F) {
	trust := vectorTrust(f)
	for _, s := range seeds(f, "file") {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		file, err := proof.ParseFile(raw)
		if err != nil {
			return
		}
		a, err := trust.CheckFile(file)
		if err == nil && (a.Unlabelled > len(a.Events) || len(file.Receipts) == 0 && len(a.Events) > 0) {
			t.Errorf("%+v", a)
		}
	})
}

// FuzzCheckpoint: two texts are never one checkpoint, and only what the log signed
// holds.
func FuzzCheckpoint(f *testing.F) {
	trust := vectorTrust(f)
	signed := map[string]bool{}
	for _, s := range seeds(f, "consistency", "fresh") {
		f.Add([]byte(s))
		if seen, err := trust.CheckLog([]byte(s)); err == nil {
			signed[seen.Text()] = true
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if c, err := proof.ParseCheckpoint(raw); err == nil && !bytes.HasPrefix(raw, []byte(c.Text())) {
			t.Error("two texts of one checkpoint")
		}
		if seen, err := trust.CheckLog(raw); err == nil && !signed[seen.Text()] {
			t.Error("a checkpoint holds that nobody signed")
		}
	})
}

// FuzzBucket: one text for one bucket.
func FuzzBucket(f *testing.F) {
	files, _ := readVectors(f)
	for name, text := range files {
		if strings.HasPrefix(name, "mirror/labels/") && !strings.HasSuffix(name, "receipt") {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if b, err := proof.ParseBucket(text); err == nil && b.Text() != text {
			t.Error("two texts of one bucket")
		}
	})
}

// FuzzOpening: one byte string for one opening and for one event.
func FuzzOpening(f *testing.F) {
	for _, s := range seeds(f, "receipt") {
		if r, err := proof.ParseReceipt(s); err == nil {
			f.Add(r.Opening.Bytes())
			f.Add(r.Opening.Event)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if o, err := proof.ParseOpening(raw); err == nil && !bytes.Equal(o.Bytes(), raw) {
			t.Error("two byte strings of one opening")
		}
		if e, err := proof.ParseEvent(raw); err == nil && !bytes.Equal(e.Bytes(), raw) {
			t.Error("two byte strings of one event")
		}
	})
}

// FuzzBundle: what is split is what was put together.
func FuzzBundle(f *testing.F) {
	files, _ := readVectors(f)
	for name, text := range files {
		if strings.HasPrefix(name, "mirror/tile/entries/") {
			f.Add([]byte(text), 200)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte, n int) {
		if n < 0 || n > proof.TileWidth {
			return
		}
		list, err := proof.SplitBundle(raw, n)
		if err != nil {
			return
		}
		var again []byte
		for _, e := range list {
			again = proof.AppendEntry(again, e)
			_, _, _ = proof.ReadEntry(e)
		}
		if len(list) != n || !bytes.HasPrefix(raw, again) {
			t.Errorf("%d entries of %d", len(list), n)
		}
	})
}
