package furnishweb

import (
	"encoding/hex"
	"strconv"

	"recourse/internal/furnish"
	"recourse/internal/law"
)

// number writes a number with its thousands apart.
func number(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// taken is how many rows stand as the sender wants.
func taken(c furnish.Counts) int64 { return c.New + c.Changed + c.Unchanged + c.Withdrawn }

// willTake is how many rows would change something.
func willTake(c furnish.Counts) int64 { return c.New + c.Changed + c.Withdrawn }

func hashOf(hash [32]byte) string {
	if hash == [32]byte{} {
		return ""
	}
	return hex.EncodeToString(hash[:])
}

func (w *words) outcome(o furnish.Outcome) string {
	switch o {
	case furnish.Stale:
		return w.Outcome.Stale.String()
	case furnish.Quarantined:
		return w.Outcome.Quarantined.String()
	}
	return w.Outcome.Refused.String()
}

// term writes a length of time.
func (w *words) term(t law.Term) string {
	switch t.Unit {
	case law.Years:
		return w.New.Years.N(t.N)
	case law.Months:
		return w.New.Months.N(t.N)
	case law.WorkingDays:
		return w.New.Working.N(t.N)
	}
	return w.New.Calendar.N(t.N)
}

// verdict says in one sentence what would become of the rows.
func (t trialView) verdict() string {
	all, ok := t.t.Counts.Done, taken(t.t.Counts)
	switch {
	case all == 0:
		return t.w.Trial.Empty.String()
	case ok == all:
		return t.w.Trial.All.N(int(all))
	case ok == 0:
		return t.w.Trial.NoneOf.N(int(all))
	}
	return t.w.Trial.Some.With("n", number(all-ok), "all", number(all))
}

// form says what was found about the file.
func (t trialView) form() string {
	f := t.t.Form
	switch f.Format {
	case furnish.XLSX:
		return t.w.Trial.FormBook.With("sheet", f.Sheet)
	case furnish.CSV:
		return t.w.Trial.FormCSV.With("encoding", f.Encoding, "delimiter", delimiter(f.Delimiter))
	}
	return t.w.Trial.FormText.With("encoding", f.Encoding)
}

func delimiter(d string) string {
	if d == "\t" {
		return "TAB"
	}
	return d
}
