package ledger

import (
	"context"
	"encoding/base64"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"recourse/internal/fault"
	"recourse/internal/merkle"
	"recourse/internal/proof"
)

// The answers of a witness that does not sign (C2SP tlog-witness).
var (
	ErrRequest    = fault.New(fault.Invalid, "E-WITNESS-REQUEST", "The request is not in the format of add-checkpoint, or its old size is above that of the checkpoint.")
	ErrUnsigned   = fault.New(fault.Forbidden, "E-WITNESS-UNSIGNED", "The checkpoint is not signed by a key that this witness knows for its log.")
	ErrUnknownLog = fault.New(fault.NotFound, "E-WITNESS-LOG", "This witness does not watch this log.")
	ErrOldSize    = fault.New(fault.Conflict, "E-WITNESS-SIZE", "This witness last signed another size of the log.")
	ErrOtherRoot  = fault.New(fault.Conflict, "E-WITNESS-ROOT", "This witness signed another root for the same size: the log was forked.")
	ErrWay        = fault.New(fault.Refused, "E-WITNESS-PROOF", "The proof does not show that the log only grew.")
)

// Watched is what a witness remembers of a log: the newest checkpoint that it signed.
type Watched struct {
	Size uint64
	Root proof.Hash
}

// Memory is where a witness remembers.
type Memory interface {
	// Update hands what is remembered of a log to decide and keeps what decide
	// returns, durable before it returns. No two updates of a log overlap.
	Update(ctx context.Context, origin string, decide func(Watched) (Watched, error)) error
}

// Witness signs checkpoints of logs that only grow.
type Witness struct {
	Logs   map[string]note.Verifier // keys of the logs that are watched, by origin
	Memory Memory
	Signer note.Signer // of cosignatures (C2SP tlog-cosignature)
}

// Addition is a request to a witness.
type Addition struct {
	Old        uint64
	Way        []proof.Hash
	Checkpoint []byte // signed by the log
}

// mostHashes is how long a way may be.
const mostHashes = 63

// Text is the request as it is sent.
func (a Addition) Text() string {
	var b strings.Builder
	b.WriteString("old " + strconv.FormatUint(a.Old, 10) + "\n")
	for _, h := range a.Way {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	b.WriteString("\n")
	b.Write(a.Checkpoint)
	return b.String()
}

// ParseAddition reads what Text wrote, or returns ErrRequest.
func ParseAddition(text string) (a Addition, err error) {
	head, signed, found := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	old, is := strings.CutPrefix(lines[0], "old ")
	if !found || !is || len(lines) > mostHashes+1 {
		return a, ErrRequest
	}
	if a.Old, err = strconv.ParseUint(old, 10, 63); err != nil || strconv.FormatUint(a.Old, 10) != old {
		return a, ErrRequest
	}
	for _, line := range lines[1:] {
		raw, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(raw) != merkle.Size {
			return a, ErrRequest
		}
		a.Way = append(a.Way, proof.Hash(raw))
	}
	a.Checkpoint = []byte(signed)
	return a, nil
}

// Add returns the cosignature, a line of a note, on the checkpoint of a request, or
// says why there is none: ErrRequest, ErrUnknownLog, ErrUnsigned, ErrOldSize with the
// size that was last signed, ErrOtherRoot, ErrWay. What was signed is remembered
// before it is handed out.
func (w *Witness) Add(ctx context.Context, request string) (line []byte, last uint64, err error) {
	a, err := ParseAddition(request)
	if err != nil {
		return nil, 0, err
	}
	c, err := proof.ParseCheckpoint(a.Checkpoint)
	if err != nil {
		return nil, 0, ErrRequest
	}
	key, known := w.Logs[c.Origin]
	if !known {
		return nil, 0, ErrUnknownLog
	}
	if _, err := (proof.Trust{Log: key}).CheckLog(a.Checkpoint); err != nil {
		return nil, 0, ErrUnsigned
	}
	if a.Old > c.Size {
		return nil, 0, ErrRequest
	}
	err = w.Memory.Update(ctx, c.Origin, func(is Watched) (Watched, error) {
		last = is.Size
		if err := judge(is, a, c); err != nil {
			return is, err
		}
		if line, err = w.sign(c.Text()); err != nil {
			return is, err
		}
		return Watched{Size: c.Size, Root: c.Root}, nil
	})
	if err != nil {
		return nil, last, err
	}
	return line, c.Size, nil
}

// judge says whether a checkpoint continues what is remembered.
func judge(is Watched, a Addition, c proof.Checkpoint) error {
	switch {
	case a.Old != is.Size:
		return ErrOldSize
	case is.Size == c.Size && is.Size > 0 && is.Root != c.Root:
		return ErrOtherRoot
	case (a.Old == 0 || a.Old == c.Size) && len(a.Way) > 0, c.Size == 0 && c.Root != merkle.Empty():
		return ErrWay
	}
	before := proof.Checkpoint{Origin: c.Origin, Size: is.Size, Root: is.Root}
	if is.Size == 0 {
		before.Root = merkle.Empty()
	}
	if proof.CheckConsistency(before, c, a.Way) != nil {
		return ErrWay
	}
	return nil
}

func (w *Witness) sign(text string) ([]byte, error) {
	signed, err := note.Sign(&note.Note{Text: text}, w.Signer)
	if err != nil {
		return nil, err
	}
	return signed[len(text)+1:], nil
}
