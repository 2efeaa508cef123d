package spool_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"recourse/internal/kit/spool"
)

func TestFile_isReadAsWritten(t *testing.T) {
	t.Parallel()
	s := spool.New(t.TempDir(), rand.Reader, 10<<20)
	for _, n := range []int{0, 1, 65535, 65536, 65537, 200000} {
		want := make([]byte, n)
		_, _ = rand.Read(want)
		f, err := s.Create(1 << 20)
		if err != nil {
			t.Fatal(err)
		}
		for rest := want; len(rest) > 0; {
			part := rest[:min(len(rest), 7777)]
			if k, err := f.Write(part); k != len(part) || err != nil {
				t.Fatal(k, err)
			}
			rest = rest[len(part):]
		}
		_, err = f.Reader().Read(make([]byte, 1))
		if _, err2 := f.ReadAt(make([]byte, 1), 0); err == nil || err2 == nil {
			t.Error("a file is read before its end was written")
		}
		if err := f.End(); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			got, err := io.ReadAll(f.Reader())
			if err != nil || !bytes.Equal(got, want) || f.Size() != int64(n) {
				t.Errorf("%d bytes: %d come back, %v", n, len(got), err)
			}
		}
		for _, r := range []io.Reader{f.Reader(), io.NewSectionReader(f, 0, f.Size())} {
			if err := iotest.TestReader(r, want); err != nil {
				t.Error(err)
			}
		}
		if err := f.Remove(); err != nil || s.Used() != 0 {
			t.Errorf("removed: %v, %d bytes are kept", err, s.Used())
		}
	}
}

// TestFile_leavesNothing looks for a file and for what was written, through the
// handle that the process has.
func TestFile_leavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := spool.New(dir, rand.Reader, 10<<20)
	f, err := s.Create(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	secret := bytes.Repeat([]byte("SAMPLE-MARKER "), 20000)
	if _, err := f.Write(secret); err != nil {
		t.Fatal(err)
	}
	if err := f.End(); err != nil {
		t.Fatal(err)
	}
	names, err := os.ReadDir(dir)
	if err != nil || len(names) != 0 {
		t.Errorf("names in the folder: %v, %v", names, err)
	}
	found := 0
	for _, handle := range handles(t, dir) {
		raw, err := os.ReadFile(handle)
		if err != nil {
			t.Fatal(err)
		}
		found++
		if bytes.Contains(raw, []byte("MARKER")) || len(raw) < len(secret) {
			t.Errorf("%d bytes lie open or are not all there", len(raw))
		}
	}
	if found != 1 {
		t.Fatalf("%d handles: the test looks at the wrong place", found)
	}
	if err := f.Remove(); err != nil {
		t.Fatal(err)
	}
	if len(handles(t, dir)) != 0 {
		t.Error("a removed file is still held")
	}
}

// handles are the open files of this process that were made in a folder.
func handles(t *testing.T, dir string) (out []string) {
	t.Helper()
	all, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range all {
		if to, err := os.Readlink(h); err == nil && filepath.Dir(to) == dir {
			out = append(out, h)
		}
	}
	return out
}

// TestFile_changedOnDisk turns one bit of each piece.
func TestFile_changedOnDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := spool.New(dir, rand.Reader, 10<<20)
	for _, at := range []int64{0, 65551, 65552, 100000} {
		f, err := s.Create(1 << 20)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(make([]byte, 100000)); err != nil {
			t.Fatal(err)
		}
		if err := f.End(); err != nil {
			t.Fatal(err)
		}
		raw, err := os.OpenFile(handles(t, dir)[0], os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		one := make([]byte, 1)
		if _, err := raw.ReadAt(one, at); err != nil {
			t.Fatal(err)
		}
		one[0] ^= 1
		if _, err := raw.WriteAt(one, at); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(f.Reader()); err == nil {
			t.Errorf("a bit at %d was turned and nobody says so", at)
		}
		if err := errors.Join(raw.Close(), f.Remove()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSpool_isBounded(t *testing.T) {
	t.Parallel()
	s := spool.New(t.TempDir(), rand.Reader, 1000)
	var files []*spool.File
	for i, c := range []struct {
		most, n int64
		want    error
	}{{600, 600, nil}, {600, 601, spool.ErrLong}, {600, 401, spool.ErrFull}, {600, 400, nil}, {1, 1, spool.ErrFull}} {
		f, err := s.Create(c.most)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprint(f, string(make([]byte, c.n))); !errors.Is(err, c.want) {
			t.Errorf("%d: %v", i, err)
		}
		files = append(files, f)
	}
	for _, f := range files {
		if err := f.Remove(); err != nil {
			t.Fatal(err)
		}
	}
	if s.Used() != 0 {
		t.Errorf("%d bytes are kept of nothing", s.Used())
	}
}
