package ledgerweb

import (
	"bytes"
	"context"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"

	"rsc.io/qr"

	"recourse/internal/kit/webkit"
	"recourse/internal/ledger"
)

// paperWords are what a receipt on paper says.
type paperWords struct {
	Title, Intro, Open, What, When, Entry, Log, How, Code, CodeText, Alt, Long, Text, Print, Link, Of webkit.Phrase
}

// paperView is one receipt as it is printed.
type paperView struct {
	listView
	row     ledger.Row
	receipt ledger.Receipt
	log     string // name of the log
	code    string // an image, as an address; empty where the receipt is too long for one
}

// paper is one receipt of the person as it is printed: its text, and the same as a code
// that a telephone reads.
func (f *Face) paper(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	r, err := f.receipt(ctx, v)
	if err != nil {
		return nil, err
	}
	w := f.words.In(v.Lang)
	p := paperView{listView: listView{w: w, v: v}, row: ledger.Row{Kind: r.Kind, Event: r.Event, At: r.At}, receipt: r, log: f.Trust.Log.Name(), code: codeOf(r.Text)}
	return webkit.Page{Title: w.Paper.Title.String(), Content: paperPage(p)}, nil
}

// quiet is how many dots are left white around a code (ISO/IEC 18004).
const quiet = 4

// codeOf returns a text as a QR code (ISO/IEC 18004) of the lowest level of correction,
// a PNG in a data address with one pixel for each dot: paper that is kept is not torn,
// and a longer text fits. It is empty where the text is longer than the largest code
// holds, 2,953 bytes.
func codeOf(text string) string {
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return ""
	}
	size := code.Size + 2*quiet
	img := image.NewPaletted(image.Rect(0, 0, size, size), color.Palette{color.White, color.Black})
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				img.SetColorIndex(x+quiet, y+quiet, 1)
			}
		}
	}
	var out bytes.Buffer
	if png.Encode(&out, img) != nil { // only a writer that fails can make it fail
		return ""
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(out.Bytes())
}
