package furnishfile

import (
	"errors"
	"io"
)

// block is how much is read at once.
const block = 64 << 10

// text is a window on decoded text that grows to one row at most.
type text struct {
	src  io.Reader
	buf  []byte
	r, w int // the window is buf[r:w]
	end  error
	idle int
}

func newText(src io.Reader) *text { return &text{src: src, buf: make([]byte, 2*block)} }

// window is what is there and was not taken.
func (t *text) window() []byte { return t.buf[t.r:t.w] }

// take passes over n bytes. They stay as they are until the next more.
func (t *text) take(n int) { t.r += n }

// more reads on. It is false where the text ends or the window holds a row's
// greatest length; then err says why, or is nil at the end of the text.
func (t *text) more() (bool, error) {
	if t.end != nil {
		if errors.Is(t.end, io.EOF) {
			return false, nil
		}
		return false, t.end
	}
	t.room()
	for {
		n, err := t.src.Read(t.buf[t.w:])
		t.w, t.end = t.w+n, err
		if n > 0 {
			t.idle = 0
			return true, nil
		}
		if err != nil {
			return t.more()
		}
		if t.idle++; t.idle == 100 {
			t.end = errCut(io.ErrNoProgress)
		}
	}
}

// room makes place for a block after the window.
func (t *text) room() {
	if len(t.buf)-t.w >= block {
		return
	}
	to := t.buf
	if len(t.buf)-(t.w-t.r) < block {
		to = make([]byte, 2*len(t.buf))
	}
	t.w = copy(to, t.buf[t.r:t.w])
	t.buf, t.r = to, 0
}
