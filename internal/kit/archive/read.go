package archive

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"

	"filippo.io/age"

	"recourse/internal/fault"
)

// Open gives the key of a file that lies under a key of a name.
type Open func(under string, wrapped []byte) ([32]byte, error)

// Read gives each part of a file in its order, and returns what was said about them.
// Only when it returns without error is the file whole: who must not act on a damaged
// one reads it twice.
func Read(name string, open Open, each func(part string, r io.Reader) error) (about json.RawMessage, err error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fault.Newf(fault.NotFound, "E-BACKUP-FILE", "%s cannot be read. Nothing was changed; check its name and rights.", name).Because(err)
	}
	defer func() { _ = file.Close() }()
	opening := &opening{open: open}
	sealed, err := age.Decrypt(file, opening)
	switch {
	case opening.err != nil:
		return nil, opening.err
	case err != nil:
		return nil, fault.Newf(fault.Invalid, "E-BACKUP-FORM", "%s is no backup of a registry, or the beginning of it was altered. Nothing was changed; name another file.", name).Because(err)
	}
	about, err = read(sealed, each)
	var f *fault.Error
	if err != nil && !errors.As(err, &f) {
		err = fault.Newf(fault.Invalid, "E-BACKUP-DAMAGED", "%s is not whole: it was cut short or altered. Nothing of it counts; take another backup.", name).Because(err)
	}
	return about, err
}

// opening is Open as age sees it. err is why the key was not given.
type opening struct {
	open Open
	err  error
}

// Unwrap is age.Identity.Unwrap.
func (o *opening) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	for _, s := range stanzas {
		if s.Type != stanza || len(s.Args) != 1 {
			continue
		}
		key, err := o.open(s.Args[0], s.Body)
		if err != nil {
			o.err = err
			return nil, err
		}
		return key[:fileKeySize], nil
	}
	return nil, age.ErrIncorrectIdentity
}

var errContents = errors.New("parts and their list differ")

func read(sealed io.Reader, each func(string, io.Reader) error) (json.RawMessage, error) {
	zipped, err := gzip.NewReader(sealed)
	if err != nil {
		return nil, err
	}
	t := &pieces{tar: tar.NewReader(zipped)}
	var found []Part
	for t.advance(); t.err == nil; {
		if t.next == listName {
			return last(t, found, zipped, sealed)
		}
		p := &partReader{pieces: t, part: Part{Name: t.next}, sum: sha256.New()}
		if err := each(p.part.Name, p); err != nil {
			return nil, err
		}
		if _, err := io.Copy(io.Discard, p); err != nil {
			return nil, err
		}
		p.part.SHA256 = hex.EncodeToString(p.sum.Sum(nil))
		found = append(found, p.part)
	}
	return nil, t.err
}

// last reads the list and sees that nothing comes after it.
func last(t *pieces, found []Part, zipped, sealed io.Reader) (json.RawMessage, error) {
	var c contents
	list := &partReader{pieces: t, part: Part{Name: listName}, sum: sha256.New()}
	if err := json.NewDecoder(list).Decode(&c); err != nil {
		return nil, err
	}
	if _, err := io.Copy(io.Discard, list); err != nil {
		return nil, err
	}
	if !errors.Is(t.err, io.EOF) || c.Format != format || len(found) != len(c.Parts) {
		return nil, errors.Join(errContents, t.err)
	}
	for i := range found {
		if found[i] != c.Parts[i] {
			return nil, errContents
		}
	}
	for _, r := range []io.Reader{zipped, sealed} { // their ends say whether something is missing
		if n, err := io.Copy(io.Discard, r); err != nil || r == sealed && n > 0 {
			return nil, errors.Join(errContents, err)
		}
	}
	return c.About, nil
}
