package proof_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/internal/fault"
	"recourse/internal/proof"
)

var update = flag.Bool("update", false, "write testdata/vectors anew")

const vectorDir = "testdata/vectors"

// vector is one case that every implementation of the checks runs: testdata/vectors
// says how.
type vector struct {
	Name   string   `json:"name"`
	Check  string   `json:"check"` // receipt, file, consistency, fresh, audit
	Policy string   `json:"policy"`
	Input  []input  `json:"input"`
	Since  string   `json:"since,omitempty"`  // of fresh
	Change []change `json:"change,omitempty"` // of audit
	After  string   `json:"after,omitempty"`  // of audit: the file with the checkpoint of the shard before
	Want   string   `json:"want"`             // a code; empty where it holds
	Shows  string   `json:"shows,omitempty"`  // what it must show where it holds
}

// input is a text: a file as it is, or with the characters (code points) from From up
// to To replaced.
type input struct {
	File string `json:"file"`
	From int    `json:"from,omitempty"`
	To   int    `json:"to,omitempty"`
	Put  string `json:"put,omitempty"`
}

// change alters one part of the copy of a log in the folder mirror.
type change struct {
	Part string `json:"part"`
	Flip int    `json:"flip"`           // the lowest bit of this byte; -1 for none
	Cut  int    `json:"cut,omitempty"`  // bytes from the end
	More string `json:"more,omitempty"` // bytes at the end
	Gone bool   `json:"gone,omitempty"` // the part is not there
}

// text returns what an input stands for.
func (in input) text(files map[string]string) string {
	chars := []rune(files[in.File])
	return string(chars[:in.From]) + in.Put + string(chars[in.To:])
}

// made says how a text comes out of a file.
func made(files map[string]string, file, text string) input {
	a, b := []rune(files[file]), []rune(text)
	from := 0
	for from < min(len(a), len(b)) && a[from] == b[from] {
		from++
	}
	end := 0
	for end < min(len(a), len(b))-from && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	in := input{File: file, From: from, To: len(a) - end, Put: string(b[from : len(b)-end])}
	if in.text(files) != text {
		panic("a text cannot be described as a change of " + file)
	}
	return in
}

// run returns what a vector shows, or why it does not hold.
func (v vector) run(files map[string]string) (string, error) {
	policy := files[v.Policy]
	trust, err := proof.NewTrust(files["log.key"], []byte(policy))
	if err != nil {
		return "", err
	}
	var texts []string
	for _, in := range v.Input {
		texts = append(texts, in.text(files))
	}
	switch v.Check {
	case "receipt":
		p, err := trust.CheckReceipt(texts[0])
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%d %s %s %d", p.Index, p.Event.Kind, p.Event.At.Format("2006-01-02T15:04:05.000000Z"), len(p.Seen.Witnesses)), nil
	case "file":
		f, err := proof.ParseFile([]byte(texts[0]))
		if err != nil {
			return "", err
		}
		a, err := trust.CheckFile(f)
		if err != nil {
			return "", err
		}
		until := ""
		if a.Days > 0 {
			until = a.Until.String()
		}
		return fmt.Sprintf("%d %d %s %d %d", len(a.Events), a.Days, until, a.Unlabelled, a.Erased), nil
	case "consistency":
		return "", v.consistency(trust, texts)
	case "fresh":
		seen, err := trust.Check([]byte(texts[0]))
		if err != nil {
			return "", err
		}
		since, err := time.Parse(time.RFC3339, v.Since)
		if err != nil {
			return "", err
		}
		return "", seen.Fresh(since)
	}
	return v.audit(trust, files)
}

func (v vector) consistency(trust proof.Trust, texts []string) error {
	older, err := trust.CheckLog([]byte(texts[0]))
	if err != nil {
		return err
	}
	newer, err := trust.CheckLog([]byte(texts[1]))
	if err != nil {
		return err
	}
	var way []proof.Hash
	for line := range strings.Lines(texts[2]) {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(line, "\n"))
		if err != nil || len(raw) != len(proof.Hash{}) {
			return proof.ErrForm
		}
		way = append(way, proof.Hash(raw))
	}
	return proof.CheckConsistency(older.Checkpoint, newer.Checkpoint, way)
}

func (v vector) audit(trust proof.Trust, files map[string]string) (string, error) {
	parts := map[string][]byte{}
	for name, text := range files {
		if part, is := strings.CutPrefix(name, "mirror/"); is {
			parts[part] = []byte(text)
		}
	}
	for _, c := range v.Change {
		raw := parts[c.Part]
		if c.Gone {
			delete(parts, c.Part)
			continue
		}
		if c.Flip >= 0 {
			raw[c.Flip] ^= 1
		}
		parts[c.Part] = append(raw[:len(raw)-c.Cut], c.More...)
	}
	seen, err := trust.Check(parts["checkpoint"])
	if err != nil {
		return "", err
	}
	var older proof.Checkpoint
	if v.After != "" {
		before, err := trust.CheckLog([]byte(files[v.After]))
		if err != nil {
			return "", err
		}
		older = before.Checkpoint
	}
	days := proof.Chain{After: older.Size}
	got, err := proof.RebuildAfter(seen.Checkpoint, older, func(t proof.Tile) ([]byte, error) { return parts[t.Path()], nil }, days.Take)
	return fmt.Sprintf("%d %d %d", got.Entries, got.Public, len(days.Days)), err
}

func readVectors(t testing.TB) (files map[string]string, all []vector) {
	t.Helper()
	files = map[string]string{}
	err := filepath.WalkDir(vectorDir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(name)
		files[filepath.ToSlash(strings.TrimPrefix(name, vectorDir+string(filepath.Separator)))] = string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(files["cases.json"]), &all); err != nil {
		t.Fatal(err)
	}
	return files, all
}

// TestVectors runs every vector. Each code of this package must be wanted by one.
func TestVectors(t *testing.T) {
	t.Parallel()
	if *update {
		return // they are written by another test
	}
	files, all := readVectors(t)
	var valid, broken int
	wanted := map[string]bool{}
	for _, v := range all {
		shows, err := v.run(files)
		var f *fault.Error
		switch {
		case v.Want == "":
			valid++
			if err != nil || shows != v.Shows {
				t.Errorf("%s: shows %q, %v, want %q", v.Name, shows, err, v.Shows)
			}
		default:
			broken++
			wanted[v.Want] = true
			if !errors.As(err, &f) || f.Code != v.Want {
				t.Errorf("%s: %v, want %s", v.Name, err, v.Want)
			}
		}
	}
	for _, e := range []*fault.Error{proof.ErrForm, proof.ErrSignature, proof.ErrWitness, proof.ErrInclusion, proof.ErrStream, proof.ErrFork, proof.ErrRollback,
		proof.ErrTile, proof.ErrStale, proof.ErrBucket, proof.ErrWithheld, proof.ErrUnlabelled, proof.ErrDaysMissing} {
		if !wanted[e.Code] {
			t.Errorf("no vector wants %s", e.Code)
		}
	}
	if valid < 15 || broken < 60 {
		t.Errorf("%d valid and %d broken vectors: there were more", valid, broken)
	}
	t.Logf("%d valid, %d broken vectors", valid, broken)
}

// TestVectors_areMade: what is committed is what the program makes; -update writes it.
func TestVectors_areMade(t *testing.T) {
	t.Parallel()
	want := makeVectors(t)
	if *update {
		if err := os.RemoveAll(vectorDir); err != nil {
			t.Fatal(err)
		}
		for name, text := range want {
			at := filepath.Join(vectorDir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	got, _ := readVectors(t)
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s/%s is not what the program makes: run this test with -update", vectorDir, name)
		}
		delete(got, name)
	}
	for name := range got {
		t.Errorf("%s/%s is not made by the program", vectorDir, name)
	}
}

// casesJSON writes a case a line.
func casesJSON(t *testing.T, all []vector) string {
	t.Helper()
	var out bytes.Buffer
	out.WriteString("[\n")
	for i, v := range all {
		var line bytes.Buffer
		e := json.NewEncoder(&line)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
		out.Write(bytes.TrimSpace(line.Bytes()))
		out.WriteString(map[bool]string{true: "\n]\n", false: ",\n"}[i == len(all)-1])
	}
	names := map[string]bool{}
	for _, v := range all {
		if names[v.Name] {
			t.Errorf("two vectors are called %q", v.Name)
		}
		names[v.Name] = true
	}
	return out.String()
}

// replaced is a text with one part of it exchanged, which must be there once.
func replaced(t *testing.T, text, old, by string) string {
	t.Helper()
	if strings.Count(text, old) != 1 {
		t.Fatalf("%q is there %d times", old, strings.Count(text, old))
	}
	return strings.Replace(text, old, by, 1)
}

// without is a text with lines taken out.
func without(text string, lines ...int) string {
	all := strings.SplitAfter(text, "\n")
	slices.Sort(lines)
	for _, n := range slices.Backward(lines) {
		all = slices.Delete(all, n, n+1)
	}
	return strings.Join(all, "")
}
