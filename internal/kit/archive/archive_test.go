package archive_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"recourse/internal/fault"
	"recourse/internal/kit/archive"
)

// flipped is a key that is kept elsewhere: it turns every bit.
func flipped(key [32]byte) ([]byte, error) {
	for i := range key {
		key[i] = ^key[i]
	}
	return key[:], nil
}

var lock = archive.Lock{Under: "SAMPLE-1", Wrap: flipped}

func unlock(under string, wrapped []byte) ([32]byte, error) {
	if under != "SAMPLE-1" {
		return [32]byte{}, errors.New("another key")
	}
	b, err := flipped([32]byte(wrapped))
	return [32]byte(b), err
}

// sample writes a file of several parts, one of them longer than a piece and one
// empty.
func sample(t *testing.T, dir string) (name string, parts map[string][]byte) {
	t.Helper()
	name = filepath.Join(dir, "sample.backup")
	parts = map[string][]byte{"a/first": []byte("SAMPLE-CONTENT"), "b/empty": nil, "c/long": bytes.Repeat([]byte("0123456789abcdef"), 600_000)}
	w, err := archive.Create(name, lock)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{"a/first", "b/empty", "c/long"} {
		if err := w.Put(p, bytes.NewReader(parts[p])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(map[string]string{"about": "sample"}); err != nil {
		t.Fatal(err)
	}
	return name, parts
}

func code(err error) string {
	if err == nil {
		return ""
	}
	return fault.Of(err).Code
}

func skim(string, io.Reader) error { return nil }

func TestRead(t *testing.T) {
	t.Parallel()
	name, parts := sample(t, t.TempDir())
	var order []string
	about, err := archive.Read(name, unlock, func(part string, r io.Reader) error {
		order = append(order, part)
		got, err := io.ReadAll(r)
		if !bytes.Equal(got, parts[part]) {
			t.Errorf("%s: %d bytes", part, len(got))
		}
		return err
	})
	var said map[string]string
	if err != nil || json.Unmarshal(about, &said) != nil || said["about"] != "sample" || strings.Join(order, " ") != "a/first b/empty c/long" {
		t.Errorf("%v %s %v", order, about, err)
	}
	if _, err := archive.Read(name, unlock, skim); err != nil {
		t.Errorf("parts that nobody reads: %v", err)
	}
	raw, err := os.ReadFile(name)
	if err != nil || bytes.Contains(raw, []byte("SAMPLE-CONTENT")) || bytes.Contains(raw, []byte("first")) || !bytes.Contains(raw, []byte("SAMPLE-1")) {
		t.Errorf("what is in the clear: %v", err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if _, err := os.Stat(name + ".part"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the unfinished file is still there: %v", err)
	}
	stop := errors.New("enough")
	if _, err := archive.Read(name, unlock, func(string, io.Reader) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the reader's own fault: %v", err)
	}
}

// Whatever byte is altered, and wherever it is cut, a file is refused.
func TestRead_refusesWhatIsNotWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name, _ := sample(t, dir)
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(what string, b []byte) {
		t.Helper()
		other := filepath.Join(dir, "other")
		if err := os.WriteFile(other, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Read(other, unlock, skim); err == nil {
			t.Errorf("%s: read to its end", what)
		} else if c := code(err); c != "E-BACKUP-DAMAGED" && c != "E-BACKUP-FORM" && !strings.Contains(err.Error(), "another key") {
			t.Errorf("%s: %v", what, err)
		}
	}
	for i := 0; i < len(raw); i += 1 + len(raw)/400 {
		altered := bytes.Clone(raw)
		altered[i] ^= 1
		refused(fmt.Sprint("altered at ", i), altered)
		refused(fmt.Sprint("cut at ", i), raw[:i])
	}
	refused("cut by one byte", raw[:len(raw)-1])
	refused("with more behind it", append(bytes.Clone(raw), 0))
	refused("empty", nil)
	if _, err := archive.Read(filepath.Join(dir, "nothing"), unlock, skim); code(err) != "E-BACKUP-FILE" {
		t.Errorf("not there: %v", err)
	}
	gone := fault.New(fault.Refused, "E-SAMPLE", "gone")
	if _, err := archive.Read(name, func(string, []byte) ([32]byte, error) { return [32]byte{}, gone }, skim); code(err) != "E-SAMPLE" {
		t.Errorf("without its key: %v", err)
	}
}

// What a killed process left is no backup, and is in nobody's way.
func TestCreate_afterOneThatWasKilled(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "sample.backup")
	w, err := archive.Create(name, lock)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Put("a", strings.NewReader(strings.Repeat("x", 10_000))); err != nil {
		t.Fatal(err)
	}
	if _, err := archive.Create(name, lock); code(err) != "E-BACKUP-HELD" {
		t.Errorf("two at once: %v", err)
	}
	left, err := os.ReadFile(name + ".part")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Abort(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name+".part", left, 0o600); err != nil { // as a kill leaves it
		t.Fatal(err)
	}
	if _, err := archive.Read(name+".part", unlock, skim); err == nil {
		t.Error("an unfinished file was read to its end")
	}
	if made, _ := sample(t, filepath.Dir(name)); made != name {
		t.Errorf("%s", made)
	}
	if _, err := archive.Create(name, lock); code(err) != "E-BACKUP-EXISTS" {
		t.Errorf("over another: %v", err)
	}
	if _, err := archive.Create(filepath.Join(name, "below"), lock); code(err) != "E-BACKUP-WRITE" {
		t.Errorf("in a folder that is none: %v", err)
	}
}

func TestCreate_onAFullDisk(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("needs root, to mount a small tmpfs")
	}
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("cannot mount a tmpfs here: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	w, err := archive.Create(filepath.Join(dir, "sample.backup"), lock)
	if err != nil {
		t.Fatal(err)
	}
	noise := make([]byte, 8<<20)
	for i, x := 0, uint32(1); i < len(noise); i++ {
		x = x*1664525 + 1013904223
		noise[i] = byte(x >> 24)
	}
	err = w.Put("a", bytes.NewReader(noise))
	if code(err) != "E-BACKUP-FULL" {
		t.Errorf("%v", err)
	}
	if err := w.Abort(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}
