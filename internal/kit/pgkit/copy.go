package pgkit

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/when"
)

// Rows writes rows in PostgreSQL's binary COPY format, column by column in the
// order of the statement that takes them. It exists because encoding value by
// value through the driver costs more than all else that is done for a row.
type Rows struct {
	buf  []byte
	read int // of buf
	n, i int
	put  func(r *Rows, i int)
}

const copyHead = "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"

// Copy sends n rows through a statement "copy … from stdin (format binary)": put
// writes the row of a number from 0. They are written as they are sent, so that
// memory does not grow with n. No rows, no statement.
func Copy(ctx context.Context, tx pgx.Tx, sql string, n int, put func(r *Rows, i int)) error {
	if n == 0 {
		return nil
	}
	r := &Rows{buf: make([]byte, 0, copyAhead+copyAhead/4), n: n, put: put}
	r.buf = append(r.buf, copyHead...)
	tag, err := tx.Conn().PgConn().CopyFrom(ctx, r, sql)
	if err == nil && tag.RowsAffected() != int64(n) {
		err = fmt.Errorf("%d of %d rows were taken", tag.RowsAffected(), n)
	}
	return err
}

// copyAhead is how many bytes are written at once, or one row.
const copyAhead = 32 << 10

// Read is for the driver.
func (r *Rows) Read(p []byte) (int, error) {
	if r.read == len(r.buf) {
		r.buf, r.read = r.buf[:0], 0
	}
	for r.i <= r.n && len(r.buf) < copyAhead && r.read == 0 {
		if r.i == r.n {
			r.buf = binary.BigEndian.AppendUint16(r.buf, 0xffff)
		} else {
			r.put(r, r.i)
		}
		r.i++
	}
	n := copy(p, r.buf[r.read:])
	if r.read += n; n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// Row begins a row of so many columns.
func (r *Rows) Row(columns int16) { r.buf = binary.BigEndian.AppendUint16(r.buf, uint16(columns)) }

func (r *Rows) size(n int) { r.buf = binary.BigEndian.AppendUint32(r.buf, uint32(n)) }

// UUID adds an id.
func (r *Rows) UUID(id [16]byte) { r.size(16); r.buf = append(r.buf, id[:]...) }

// Int adds an integer of four bytes.
func (r *Rows) Int(v int32) { r.size(4); r.buf = binary.BigEndian.AppendUint32(r.buf, uint32(v)) }

// Small adds an integer of two bytes.
func (r *Rows) Small(v int16) { r.size(2); r.buf = binary.BigEndian.AppendUint16(r.buf, uint16(v)) }

// Big adds an integer of eight bytes.
func (r *Rows) Big(v int64) { r.size(8); r.buf = binary.BigEndian.AppendUint64(r.buf, uint64(v)) }

// Bool adds a truth value.
func (r *Rows) Bool(v bool) {
	b := byte(0)
	if v {
		b = 1
	}
	r.size(1)
	r.buf = append(r.buf, b)
}

// Text adds a text.
func (r *Rows) Text(v string) { r.size(len(v)); r.buf = append(r.buf, v...) }

// JSON adds a value of type jsonb by its text.
func (r *Rows) JSON(text []byte) {
	r.size(1 + len(text))
	r.buf = append(append(r.buf, 1), text...) // the version of the format
}

// Bytes adds bytes.
func (r *Rows) Bytes(v []byte) { r.size(len(v)); r.buf = append(r.buf, v...) }

// pgDay is the day from which PostgreSQL counts, in days from ours.
const pgDay = 10957

// Day adds a legal day.
func (r *Rows) Day(d when.Date) { r.Int(int32(d) - pgDay) }

// Instant adds an instant, to the microsecond.
func (r *Rows) Instant(t time.Time) {
	r.Big(t.UnixMicro() - pgDay*24*int64(time.Hour/time.Microsecond))
}

// Null adds nothing.
func (r *Rows) Null() { r.size(-1) }
