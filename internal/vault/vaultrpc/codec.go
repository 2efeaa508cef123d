package vaultrpc

import (
	"encoding/binary"
	"errors"
	"time"

	"recourse/internal/seal"
	"recourse/internal/vault"
	"recourse/internal/when"
)

// coder writes or reads a message, by the same functions: integers big-endian,
// lists and bytes behind their 4-byte length. Writing never touches the values:
// other goroutines may read them. After the first error it does nothing more.
type coder struct {
	b       []byte
	reading bool
	err     error
}

var errMessage = errors.New("a message of the vault cannot be understood")

// next returns the n bytes to be written or read.
func (c *coder) next(n int) []byte {
	if !c.reading {
		c.b = append(c.b, make([]byte, n)...)
		return c.b[len(c.b)-n:]
	}
	if c.err != nil || n > len(c.b) {
		c.err = errMessage
		return make([]byte, n)
	}
	b := c.b[:n]
	c.b = c.b[n:]
	return b
}

// end reports whether a message was read to its end without an error.
func (c *coder) end() error {
	if c.err == nil && len(c.b) > 0 {
		c.err = errMessage
	}
	return c.err
}

func (c *coder) u8(v *uint8) {
	if b := c.next(1); c.reading {
		*v = b[0]
	} else {
		b[0] = *v
	}
}

func (c *coder) u32(v *uint32) {
	if b := c.next(4); c.reading {
		*v = binary.BigEndian.Uint32(b)
	} else {
		binary.BigEndian.PutUint32(b, *v)
	}
}

func (c *coder) i64(v *int64) {
	if b := c.next(8); c.reading {
		*v = int64(binary.BigEndian.Uint64(b))
	} else {
		binary.BigEndian.PutUint64(b, uint64(*v))
	}
}

// fixed is bytes of a length that both sides know.
func (c *coder) fixed(v []byte) {
	if b := c.next(len(v)); c.reading {
		copy(v, b)
	} else {
		copy(b, v)
	}
}

// flag is one byte, 0 or 1.
func (c *coder) flag(v *bool) {
	var n uint8
	if *v {
		n = 1
	}
	if c.u8(&n); c.reading {
		*v = n == 1
		if n > 1 {
			c.err = errMessage
		}
	}
}

// length is how many things of at least a size follow.
func (c *coder) length(n, size int) int {
	v := uint32(n)
	c.u32(&v)
	if c.reading && int64(v)*int64(size) > int64(len(c.b)) {
		c.err = errMessage
	}
	if c.err != nil {
		return 0
	}
	return int(v)
}

func (c *coder) bytes(v *[]byte) {
	n := c.length(len(*v), 1)
	if c.reading {
		*v = make([]byte, n)
	}
	c.fixed(*v)
}

func (c *coder) text(v *string) {
	b := []byte(*v)
	if c.bytes(&b); c.reading {
		*v = string(b)
	}
}

// list writes or reads things that take at least size bytes each.
func list[T any](c *coder, v *[]T, size int, each func(*T)) {
	n := c.length(len(*v), size)
	if c.reading {
		*v = make([]T, n)
	}
	for i := range *v {
		if each(&(*v)[i]); c.err != nil {
			return
		}
	}
}

func (c *coder) epoch(v *seal.Epoch) { c.i64((*int64)(v)) }
func (c *coder) leaf(v *seal.Leaf)   { c.i64((*int64)(v)) }

func (c *coder) slot(v *seal.Slot) {
	c.epoch(&v.Epoch)
	c.leaf(&v.Leaf)
}

func (c *coder) day(v *when.Date) {
	n := uint32(*v)
	if c.u32(&n); c.reading {
		*v = when.Date(int32(n))
	}
}

// instant is microseconds since 1970, UTC.
func (c *coder) instant(v *time.Time) {
	n := v.UnixMicro()
	if c.i64(&n); c.reading {
		*v = time.UnixMicro(n).UTC()
	}
}

func (c *coder) count(v *int) {
	n := int64(*v)
	if c.i64(&n); c.reading {
		*v = int(n)
	}
}

func (c *coder) state(v *vault.State) {
	c.fixed(v.ID[:])
	c.u8((*uint8)(&v.Mode))
	c.fixed(v.Boot[:])
	c.i64(&v.Seq)
	c.i64(&v.Applied)
	c.day(&v.Ended)
	list(c, &v.Generations, 4, c.u32)
	c.text(&v.Root)
	c.flag(&v.Weak)
	c.text(&v.Fault)
}

func (c *coder) epochs(v *[]vault.Epoch) {
	list(c, v, 32, func(e *vault.Epoch) {
		c.epoch(&e.Epoch)
		c.leaf(&e.Next)
		c.i64((*int64)(&e.Seed))
		c.count(&e.Nodes)
	})
}

func (c *coder) data(v *[][]byte) { list(c, v, 4, c.bytes) }

func (c *coder) tokens(v *[][]vault.Token) {
	list(c, v, 4, func(live *[]vault.Token) {
		list(c, live, 4+vault.Size, func(t *vault.Token) {
			c.u32(&t.Generation)
			c.fixed(t.Mark[:])
		})
	})
}

func (c *coder) macs(v *[]vault.Mac) {
	list(c, v, vault.Size, func(m *vault.Mac) { c.fixed(m[:]) })
}

func (c *coder) places(v *[]vault.Place) {
	list(c, v, 36, func(p *vault.Place) {
		c.slot(&p.Slot)
		c.fixed(p.Record[:])
		n := uint32(p.Version)
		if c.u32(&n); c.reading {
			p.Version = int32(n)
		}
	})
}

func (c *coder) derived(v *[]vault.Derived) {
	list(c, v, 33, func(d *vault.Derived) {
		c.flag(&d.Gone)
		c.fixed(d.Key[:])
	})
}

func (c *coder) lease(v *vault.Lease) {
	c.leaf(&v.First)
	c.i64((*int64)(&v.Seed))
	c.i64(&v.Seq)
}

func (c *coder) intents(v *[]vault.Intent) {
	list(c, v, 24, func(in *vault.Intent) {
		c.i64(&in.Seq)
		c.slot(&in.Slot)
	})
}

func (c *coder) jump(v *vault.Jump) {
	c.i64(&v.Seq)
	list(c, &v.Counters, 16, func(x *vault.Counter) {
		c.epoch(&x.Epoch)
		c.leaf(&x.Next)
	})
}

func (c *coder) resealed(v *vault.Resealed) {
	c.text(&v.Root)
	list(c, &v.Destroyed, 4, c.text)
}
