package pgkit

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/when"
)

// Rows collects rows in PostgreSQL's binary COPY format, column by column in the
// order of the statement that will take them. It exists because encoding value by
// value through the driver costs more than all else that is done for a row.
type Rows struct {
	buf bytes.Buffer
	n   int64
}

const copyHead = "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"

// Len returns how many rows were begun.
func (r *Rows) Len() int64 { return r.n }

// Row begins a row of so many columns.
func (r *Rows) Row(columns int16) {
	if r.n == 0 {
		r.buf.WriteString(copyHead)
	}
	r.n++
	r.put(binary.BigEndian.AppendUint16(r.buf.AvailableBuffer(), uint16(columns)))
}

func (r *Rows) put(b []byte) { r.buf.Write(b) }

func (r *Rows) size(n int) []byte {
	return binary.BigEndian.AppendUint32(r.buf.AvailableBuffer(), uint32(n))
}

// UUID adds an id.
func (r *Rows) UUID(id [16]byte) { r.put(append(r.size(16), id[:]...)) }

// Int adds an integer of four bytes.
func (r *Rows) Int(v int32) { r.put(binary.BigEndian.AppendUint32(r.size(4), uint32(v))) }

// Big adds an integer of eight bytes.
func (r *Rows) Big(v int64) { r.put(binary.BigEndian.AppendUint64(r.size(8), uint64(v))) }

// Bool adds a truth value.
func (r *Rows) Bool(v bool) {
	b := byte(0)
	if v {
		b = 1
	}
	r.put(append(r.size(1), b))
}

// Text adds a text.
func (r *Rows) Text(v string) { r.put(r.size(len(v))); r.buf.WriteString(v) }

// Bytes adds bytes.
func (r *Rows) Bytes(v []byte) { r.put(r.size(len(v))); r.buf.Write(v) }

// pgDay is the day from which PostgreSQL counts, in days from ours.
const pgDay = 10957

// Day adds a legal day.
func (r *Rows) Day(d when.Date) { r.Int(int32(d) - pgDay) }

// Instant adds an instant, to the microsecond.
func (r *Rows) Instant(t time.Time) {
	r.Big(t.UnixMicro() - pgDay*24*int64(time.Hour/time.Microsecond))
}

// Null adds nothing.
func (r *Rows) Null() { r.put(r.size(-1)) }

// Copy sends the rows through a statement "copy … from stdin (format binary)" and
// forgets them. No rows, no statement.
func (r *Rows) Copy(ctx context.Context, tx pgx.Tx, sql string) error {
	if r.n == 0 {
		return nil
	}
	r.put(binary.BigEndian.AppendUint16(r.buf.AvailableBuffer(), 0xffff))
	tag, err := tx.Conn().PgConn().CopyFrom(ctx, &r.buf, sql)
	n := r.n
	r.n = 0
	r.buf.Reset()
	if err == nil && tag.RowsAffected() != n {
		err = fmt.Errorf("%d of %d rows were taken", tag.RowsAffected(), n)
	}
	return err
}
