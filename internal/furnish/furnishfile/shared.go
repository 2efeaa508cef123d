package furnishfile

import (
	"encoding/binary"
	"errors"
	"sort"
	"strings"

	"recourse/internal/kit/spool"
)

// shared is the table of strings of a workbook. It can be larger than memory, so
// it lies in a spool, in blocks that are read as they are needed.
type shared struct {
	disk   *spool.File
	blocks []stringBlock
	count  int
	cache  []cachedBlock
	long   string // stands for every string that is too long for a cell

	out  []byte // the block that is being written
	from int    // its first string
}

// stringBlock is where strings from first on begin in the spool.
type stringBlock struct {
	first int
	at    int64
}

type cachedBlock struct {
	block int // -1 for none
	words []string
}

const (
	blockBytes   = 4 << 10
	blockStrings = 512
	cacheBlocks  = 512
)

// readShared reads the table of a workbook; one without has an empty name.
func readShared(z *zipped, name string, aside *spool.Spool) (_ *shared, err error) {
	s := &shared{cache: make([]cachedBlock, cacheBlocks), long: strings.Repeat("x", maxCell+1)}
	for i := range s.cache {
		s.cache[i].block = -1
	}
	if name == "" {
		return s, nil
	}
	if s.disk, err = aside.Create(maxStrings); err != nil {
		return nil, errSpool(err)
	}
	var r rich
	err = z.each(name, func(m *markup) error {
		if err := r.token(m, "si"); err != nil {
			return err
		}
		if m.closes("si") {
			return s.add(r.take())
		}
		return nil
	})
	if err == nil {
		err = s.flush()
	}
	if err == nil {
		err = s.disk.End()
	}
	if err != nil {
		return nil, errors.Join(errSpool(err), s.Close())
	}
	return s, nil
}

func (s *shared) add(word []byte) error {
	if len(word) > maxCell {
		s.out = binary.AppendUvarint(s.out, maxCell+1)
	} else {
		s.out = append(binary.AppendUvarint(s.out, uint64(len(word))), word...)
	}
	s.count++
	if len(s.out) >= blockBytes || s.count-s.from >= blockStrings {
		return s.flush()
	}
	return nil
}

func (s *shared) flush() error {
	if len(s.out) == 0 {
		return nil
	}
	if s.disk.Size()+int64(len(s.out)) > maxStrings {
		return errBomb
	}
	s.blocks = append(s.blocks, stringBlock{s.from, s.disk.Size()})
	_, err := s.disk.Write(s.out)
	s.out, s.from = s.out[:0], s.count
	return err
}

// word returns a string by its number; false where there is none.
func (s *shared) word(i int) (string, bool, error) {
	if i < 0 || i >= s.count {
		return "", false, nil
	}
	n := sort.Search(len(s.blocks), func(n int) bool { return s.blocks[n].first > i }) - 1
	c := &s.cache[n%len(s.cache)]
	if c.block != n {
		if err := s.load(c, n); err != nil {
			return "", false, err
		}
	}
	return c.words[i-s.blocks[n].first], true, nil
}

func (s *shared) load(c *cachedBlock, n int) error {
	end := s.disk.Size()
	if n+1 < len(s.blocks) {
		end = s.blocks[n+1].at
	}
	raw := make([]byte, end-s.blocks[n].at)
	if _, err := s.disk.ReadAt(raw, s.blocks[n].at); err != nil {
		return errSpool(err)
	}
	all := string(raw)
	c.block, c.words = -1, c.words[:0:0]
	for len(all) > 0 {
		length, k := binary.Uvarint(raw[len(raw)-len(all):])
		all = all[k:]
		if length > maxCell {
			c.words = append(c.words, s.long)
			continue
		}
		c.words = append(c.words, all[:length])
		all = all[length:]
	}
	c.block = n
	return nil
}

// Close releases the spool.
func (s *shared) Close() error {
	if s == nil || s.disk == nil {
		return nil
	}
	return s.disk.Remove()
}

// rich gathers the text of a string: runs one after the other, without what
// says how to pronounce it. More than a cell may have is counted, not kept.
type rich struct {
	text   []byte
	inside bool // of the string
	words  bool // of <t>
	sound  bool // of <rPh>
}

// token takes one token. name is the element that holds the string.
func (r *rich) token(m *markup, name string) (err error) {
	switch {
	case m.opens(name):
		r.inside, r.text = true, r.text[:0]
	case m.closes(name):
		r.inside = false
	case m.opens("rPh"):
		r.sound = true
	case m.closes("rPh"):
		r.sound = false
	case m.opens("t"):
		r.words = r.inside && !r.sound
	case m.closes("t"):
		r.words = false
	case m.kind == atText && r.words && len(r.text) <= maxCell:
		r.text, err = m.add(r.text)
	}
	return err
}

// take returns the text with Excel's own escapes resolved.
func (r *rich) take() []byte { return unescape(r.text) }
