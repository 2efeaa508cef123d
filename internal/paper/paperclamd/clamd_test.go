package paperclamd_test

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"path/filepath"
	"testing"

	"recourse/internal/fault"
	"recourse/internal/paper/paperclamd"
)

// daemon answers one stream as clamd does: it reads the command and the pieces, and
// finds malware in what is called so.
func daemon(t *testing.T, answer func(stream string) string) string {
	t.Helper()
	at := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		head := make([]byte, len("zINSTREAM\x00"))
		if _, err := io.ReadFull(conn, head); err != nil || string(head) != "zINSTREAM\x00" {
			return
		}
		var stream []byte
		for {
			var n uint32
			if err := binary.Read(conn, binary.BigEndian, &n); err != nil {
				return
			}
			if n == 0 {
				break
			}
			piece := make([]byte, n)
			if _, err := io.ReadFull(conn, piece); err != nil {
				return
			}
			stream = append(stream, piece...)
		}
		_, _ = io.WriteString(conn, answer(string(stream)))
	}()
	return at
}

func TestScan(t *testing.T) {
	t.Parallel()
	finds := func(stream string) string {
		if stream == "malware" {
			return "stream: Sample.Test FOUND\x00"
		}
		return "stream: OK\x00"
	}
	for name, c := range map[string]struct {
		answer func(string) string
		data   string
		want   error
	}{
		"clean":            {finds, "a page", nil},
		"malware":          {finds, "malware", paperclamd.ErrFound},
		"another answer":   {func(string) string { return "INSTREAM size limit exceeded. ERROR\x00" }, "x", paperclamd.ErrScanner},
		"no answer at all": {func(string) string { return "" }, "x", paperclamd.ErrScanner},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := paperclamd.Scanner{Address: daemon(t, c.answer)}.Scan(t.Context(), []byte(c.data))
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	if err := (paperclamd.Scanner{Address: "/nowhere"}).Scan(t.Context(), []byte("x")); fault.Of(err).Kind != fault.Unavailable {
		t.Errorf("without a daemon: %v", err)
	}
}
