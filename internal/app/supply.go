package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"

	"recourse/internal/catalogue"
	"recourse/internal/furnish"
	"recourse/internal/furnish/furnishfile"
	"recourse/internal/furnish/furnishweb"
	"recourse/internal/kit/codekit"
	"recourse/internal/kit/spool"
)

// The bounds in bytes: of one file that a clerk uploads on a page (calls have none),
// and of all that is set aside, uploads until they are sent or forgotten and
// workbooks while they are read.
const (
	mostUpload = 256 << 20
	mostAside  = 4 << 30
)

func openSpool(dir string) (*spool.Spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of uploads: %w", err)
	}
	return spool.New(dir, rand.Reader, mostAside), nil
}

// openSupply makes the pages on which clerks send records.
func (h *House) openSupply(book *codekit.Book) (err error) {
	templates, err := furnishfile.NewTemplates()
	if err != nil {
		return err
	}
	h.supply, err = furnishweb.New(furnishweb.Config{Service: h.Furnish, Shelf: h.Shelf, Book: book, Log: h.log,
		Spool: h.spool, Most: mostUpload, Creator: furnishfile.Creator{},
		Template: func(to io.Writer, t *catalogue.Type, f furnish.Format, lang string) error {
			return templates.Write(to, io.Discard, t, f, lang)
		}})
	return err
}

// tidyUploads forgets the files that nobody has sent in their time.
func (h *House) tidyUploads(context.Context) (bool, error) {
	h.supply.Tidy(h.clock.Now())
	return false, nil
}
