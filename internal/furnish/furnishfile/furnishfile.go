// Package furnishfile reads and writes the files that deliveries come in.
//
// It promises that
//   - format and encoding are found by content, reported, and checked to the end:
//     a file or cell that does not hold them is a fault, never garbled text;
//   - one bad row is a fault of that row, and a broken file one clear sentence;
//   - memory is bounded, whatever the file says of itself (limits.go);
//   - a cell is what the sender wrote: a digit that a spreadsheet lost is a
//     fault, not a guess;
//   - nothing of a file lies on a disk in the clear.
//
// It does not know types: which columns there must be is the catalogue's to say.
package furnishfile

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"os"

	"recourse/internal/furnish"
	"recourse/internal/kit/spool"
)

// Opener opens deliveries of any format. It is safe for concurrent use.
type Opener struct {
	// Spool keeps a workbook, encrypted and without a name, while it is read. Without
	// one the system's folder for temporary files is used in the same way.
	Spool *spool.Spool
}

var _ furnish.Opener = (*Opener)(nil)

// Open is furnish.Opener.
func (o *Opener) Open(ctx context.Context, src io.Reader) (furnish.Table, error) {
	in := &source{ctx: ctx, src: src}
	head, err := in.peek(sniff)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(head)) == 0 && len(head) < sniff {
		return nil, errEmpty
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")) {
		return openXLSX(in, o.aside())
	}
	if err := foreign(head); err != nil {
		return nil, err
	}
	enc, mark, err := encodingOf(head)
	if err != nil {
		return nil, err
	}
	in.skip(mark)
	return openText(newText(decoded(in, enc)), enc)
}

func (o *Opener) aside() *spool.Spool {
	if o.Spool != nil {
		return o.Spool
	}
	return spool.New(os.TempDir(), rand.Reader, maxSpool+maxStrings)
}

// foreign tells formats that senders take for one of ours, by their first bytes.
func foreign(head []byte) error {
	for _, f := range []struct {
		magic string
		err   error
	}{
		{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", errOLE}, {"%PDF-", errPDF},
		{"\x1f\x8b", errPacked}, {"7z\xbc\xaf\x27\x1c", errPacked}, {"Rar!\x1a\x07", errPacked}, {"\xfd7zXZ\x00", errPacked},
	} {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return f.err
		}
	}
	return nil
}

// openText opens JSON Lines or CSV, by the first character.
func openText(in *text, encoding string) (furnish.Table, error) {
	for len(bytes.TrimSpace(in.window())) == 0 && len(in.window()) < maxRow {
		if more, err := in.more(); err != nil {
			return nil, err
		} else if !more {
			return nil, errEmpty
		}
	}
	switch first := bytes.TrimSpace(in.window()); {
	case bytes.HasPrefix(first, []byte("{")):
		return openJSONL(in, furnish.Form{Format: furnish.JSONL, Encoding: encoding})
	case bytes.HasPrefix(first, []byte("[")):
		return nil, errArray
	case bytes.HasPrefix(first, []byte("<")):
		return nil, errMarkup
	}
	return openCSV(in, furnish.Form{Format: furnish.CSV, Encoding: encoding})
}
