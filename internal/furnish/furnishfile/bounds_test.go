package furnishfile_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"

	"recourse/internal/fault"
	"recourse/internal/furnish"
	"recourse/internal/furnish/furnishfile"
)

// maxLive is what a delivery may hold at once, whatever is in it, with what is
// thrown away while the heap is looked at.
const maxLive = 64 << 20

// scale looks at the live heap again and again while something is read.
type scale struct {
	base, most uint64
	stop, done chan struct{}
}

func weigh() *scale {
	s := &scale{base: live(), stop: make(chan struct{}), done: make(chan struct{})}
	s.most = s.base
	go func() {
		defer close(s.done)
		for {
			select {
			case <-s.stop:
				return
			default:
				s.most = max(s.most, live())
			}
		}
	}()
	return s
}

// end returns the most that was live beyond what was there before.
func (s *scale) end() uint64 {
	close(s.stop)
	<-s.done
	return s.most - s.base
}

func live() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestBounds reads files that want to be too much for us. It is not parallel:
// the heap is everybody's.
func TestBounds(t *testing.T) {
	words := "<si><t>" + strings.Repeat("示例", 16) + "%08d</t></si>"
	for _, c := range []struct {
		name string
		in   func() io.Reader
		code string
	}{
		{"spaces without end", func() io.Reader { return endless(" ") }, "E-FILE-ROW"},
		{"breaks without end", func() io.Reader { return endless("\n") }, "E-FILE-BLANK"},
		{"columns without end", func() io.Reader { return endless("a,") }, "E-FILE-ROW"},
		{"half a million columns", func() io.Reader { return strings.NewReader(strings.Repeat("a,", 500_000) + "\n") }, "E-FILE-COLUMNS"},
		{"a row of a million cells", func() io.Reader {
			return strings.NewReader("a,b\n" + strings.Repeat(strings.Repeat("1,", 500_000)+"\n", 20))
		}, ""},
		{"a cell without end", func() io.Reader { return io.MultiReader(strings.NewReader("a,b\n"), endless("x")) }, "E-FILE-ROW"},
		{"a quote without end", func() io.Reader { return io.MultiReader(strings.NewReader("a,b\n\""), endless("\"\"x,\n")) }, "E-FILE-QUOTE"},
		{"UTF-16 without end", func() io.Reader { return io.MultiReader(strings.NewReader("\xff\xfe"), endless("a\x00")) }, "E-FILE-ROW"},
		{"GB 18030 without end", func() io.Reader { return io.MultiReader(strings.NewReader("\x84\x31\x95\x33"), endless("\xc4\xe3")) }, "E-FILE-ROW"},
		{"an object without end", func() io.Reader { return io.MultiReader(strings.NewReader("{"), endless(`"a":1,`)) }, "E-FILE-ROW"},
		{"deep JSON", func() io.Reader {
			return strings.NewReader(`{"a":1}` + "\n" + strings.Repeat(`{"a":`+strings.Repeat("[", 1000_000)+"}\n", 20))
		}, ""},
		{"a long good file", func() io.Reader {
			return io.MultiReader(strings.NewReader("a,b\n"), io.LimitReader(endless("1,示例\n"), 100<<20/8*8-1))
		}, ""},
		{"a ZIP that never ends", func() io.Reader {
			return io.MultiReader(strings.NewReader("PK\x03\x04"), io.LimitReader(endless("x"), 1<<30))
		}, "E-FILE-LARGE"},
		{"a ZIP bomb", func() io.Reader { return bomb(t, "xl/worksheets/sheet1.xml", "<worksheet><sheetData>", " ", 2<<30) }, "E-FILE-BOMB"},
		{"deep XML", func() io.Reader { return bomb(t, "xl/worksheets/sheet1.xml", "", "<a>", 12<<20) }, "E-FILE-DAMAGED"},
		{"a long tag", func() io.Reader { return bomb(t, "xl/worksheets/sheet1.xml", "<worksheet ", "a", 12<<20) }, "E-FILE-DAMAGED"},
		{"a long attribute of a merged cell", func() io.Reader {
			return bomb(t, "xl/worksheets/sheet1.xml", "<worksheet><mergeCell ref=\"", "a", 12<<20)
		}, "E-FILE-DAMAGED"},
		{"a long word", func() io.Reader { return bomb(t, "xl/sharedStrings.xml", "<sst><si><t>", "x", 12<<20) }, "E-FILE-DAMAGED"},
		{"a word of many runs", func() io.Reader {
			return bomb(t, "xl/sharedStrings.xml", "<sst><si>", "<r><t>"+strings.Repeat("x", 1000)+"</t></r>", 12<<20)
		}, "E-FILE-DAMAGED"},
		{"2 GB of strings", func() io.Reader { return bomb(t, "xl/sharedStrings.xml", "<sst>", words, 2<<30) }, "E-FILE-BOMB"},
		{"many empty strings", func() io.Reader { return bomb(t, "xl/sharedStrings.xml", "<sst>", "<si/>", 12<<20) }, "E-FILE-DAMAGED"},
		{"many styles", func() io.Reader { return bomb(t, "xl/styles.xml", "<s><cellXfs>", `<xf numFmtId="1"/>`, 12<<20) }, "E-FILE-BOMB"},
		{"many formats", func() io.Reader {
			return bomb(t, "xl/styles.xml", "<s>", `<numFmt numFmtId="%08d" formatCode="0"/>`, 12<<20)
		}, "E-FILE-BOMB"},
		{"many relations", func() io.Reader {
			return bomb(t, "xl/_rels/workbook.xml.rels", "<r>", `<Relationship Id="%08d" Target="x"/>`, 12<<20)
		}, "E-FILE-DAMAGED"},
	} {
		in := c.in()
		s := weigh()
		err := drain(t, in)
		most := s.end()
		if code := ""; err != nil {
			if code = fault.Of(err).Code; code != c.code {
				t.Errorf("%s: %v", c.name, err)
			}
		} else if c.code != "" {
			t.Errorf("%s was read to its end", c.name)
		}
		if most > maxLive {
			t.Errorf("%s: %d MiB live at once", c.name, most>>20)
		}
		t.Logf("%s: %d KiB live at most", c.name, most>>10)
	}
	t.Run("control", func(t *testing.T) {
		s := weigh()
		all, err := io.ReadAll(io.LimitReader(endless("x"), 256<<20))
		most := s.end()
		if runtime.KeepAlive(all); err != nil || most < maxLive {
			t.Errorf("reading it all at once takes %d MiB: the scale does not weigh", most>>20)
		}
	})
}

// drain reads to the end.
func drain(t *testing.T, in io.Reader) (err error) {
	table, err := (&furnishfile.Opener{}).Open(t.Context(), in)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, table.Close()) }()
	for line := (furnish.Line{}); ; {
		if err := table.Next(&line); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// bomb is a workbook in which one part begins with head and then repeats a word
// up to a length. A verb in the word makes repetitions differ, so that it packs
// no better than real tables.
func bomb(t *testing.T, part, head, word string, length int) io.Reader {
	t.Helper()
	var chunk strings.Builder
	for i := 0; chunk.Len() < 4<<20; i++ {
		if strings.Contains(word, "%") {
			fmt.Fprintf(&chunk, word, i*2654435761%1e8)
		} else {
			chunk.WriteString(word)
		}
	}
	first, again := deflated(t, head), deflated(t, chunk.String())
	times := max(1, length/chunk.Len())
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	b := sheet(sheetEnd)
	for _, name := range slices.Sorted(maps.Keys(b)) {
		if name != part {
			w, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(w, b[name]); err != nil {
				t.Fatal(err)
			}
		}
	}
	h := &zip.FileHeader{Name: part, Method: zip.Deflate, CompressedSize64: uint64(len(first) + times*len(again)), UncompressedSize64: uint64(length)}
	w, err := z.CreateRaw(h)
	if err != nil {
		t.Fatal(err)
	}
	mark := []byte("here it stands")
	if _, err := w.Write(mark); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	// The part is not made in memory: its bytes come when they are read.
	i := bytes.LastIndex(out.Bytes(), mark)
	tail := bytes.Clone(out.Bytes()[i+len(mark):])
	moved(tail, int(h.CompressedSize64)-len(mark))
	return io.MultiReader(bytes.NewReader(out.Bytes()[:i]), bytes.NewReader(first), &repeatedly{again: again, times: times}, bytes.NewReader(tail))
}

// moved says in the end record of a ZIP that the directory stands by so much
// further on.
func moved(tail []byte, by int) {
	end := tail[len(tail)-22:]
	at := uint32(end[16]) | uint32(end[17])<<8 | uint32(end[18])<<16 | uint32(end[19])<<24
	at += uint32(by)
	end[16], end[17], end[18], end[19] = byte(at), byte(at>>8), byte(at>>16), byte(at>>24)
}

// deflated is a piece of a deflate stream that can be repeated.
func deflated(t *testing.T, s string) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.DefaultCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

type repeatedly struct {
	again []byte
	times int
	at    int
}

func (r *repeatedly) Read(p []byte) (int, error) {
	if r.times == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.again[r.at:])
	if r.at += n; r.at == len(r.again) {
		r.at, r.times = 0, r.times-1
	}
	return n, nil
}
