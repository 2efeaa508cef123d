package furnish

import (
	"context"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"recourse/internal/fault"
	"recourse/internal/party"
	"recourse/internal/ref"
)

// Filter says which deliveries of a body are listed, newest first. What is zero
// does not narrow.
type Filter struct {
	Type   string
	State  State
	Since  time.Time // begun at or after
	Until  time.Time // begun before
	Before Cursor    // listed after this place
}

// Cursor is a place in the list of deliveries: after the delivery that it names.
type Cursor struct {
	At time.Time
	ID ref.Delivery
}

// String writes a cursor for an address; it tells nothing that the delivery's
// number and its time do not.
func (c Cursor) String() string {
	return strconv.FormatInt(c.At.UnixMicro(), 10) + "." + c.ID.String()
}

// ErrCursor says that a place in a list cannot be read.
var ErrCursor = fault.New(fault.Invalid, "E-CURSOR", "This is no place in a list. Nothing was done. Follow the addresses that the list gives.").At("before")

// ParseCursor reads what String wrote; empty is the beginning of the list.
func ParseCursor(text string) (Cursor, error) {
	if text == "" {
		return Cursor{}, nil
	}
	at, id, _ := strings.Cut(text, ".")
	micro, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return Cursor{}, ErrCursor
	}
	n, err := ref.Parse[ref.Delivery](id)
	if err != nil {
		return Cursor{}, ErrCursor
	}
	return Cursor{At: time.UnixMicro(micro).UTC(), ID: n}, nil
}

// List returns up to limit deliveries of the clerk's body, newest first, and
// where the list goes on; zero where it ends. A type that the pack does not have
// was never sent: it is not looked for.
func (s *Service) List(ctx context.Context, clerk party.Clerk, f Filter, limit int, now time.Time) ([]Delivery, Cursor, error) {
	if _, known := s.Shelf.At(now).Type(f.Type); f.Type != "" && !known {
		return nil, Cursor{}, nil
	}
	got, err := s.Store.List(ctx, clerk.Body.ID, f, int32(limit+1))
	if err != nil || len(got) <= limit {
		return got, Cursor{}, err
	}
	last := got[limit-1]
	return got[:limit], Cursor{At: last.BegunAt, ID: last.ID}, nil
}

// FileKey is the idempotency key of a file that is sent as one of a type, where
// its sender does not choose another: the same file sent again is known as a
// repeat, by whatever way it comes.
func FileKey(typeCode string, hash [32]byte) string {
	return "file-" + hex.EncodeToString(hash[:16]) + "-" + typeCode
}
