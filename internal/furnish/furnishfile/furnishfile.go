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
	"io"

	"recourse/internal/furnish"
)

// Opener opens deliveries of any format. It is safe for concurrent use.
type Opener struct{}

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
	enc, mark, err := encodingOf(head)
	if err != nil {
		return nil, err
	}
	in.skip(mark)
	return openCSV(newText(in), furnish.Form{Format: furnish.CSV, Encoding: enc})
}
