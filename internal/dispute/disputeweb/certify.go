package disputeweb

import (
	"context"
	"errors"
	"io"
	"slices"

	"recourse/internal/dispute"
	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/paper"
)

// sent is what a form with files brings. It is held in memory until it is sealed, and
// nowhere else.
type sent struct {
	fields map[string]string
	names  map[string]string // of the files
	files  map[string][]byte
}

// upload is the file of a form that asks whether it names third persons; false where that
// is not said.
func (s sent) upload() (dispute.Upload, bool) {
	third := s.fields["third"]
	return dispute.Upload{Name: s.names["file"], Data: s.files["file"], Third: third == "yes", CopyName: s.names["copy"], Copy: s.files["copy"]}, third == "yes" || third == "no"
}

// mostField is how many bytes of a field of such a form are read.
const mostField = 16 << 10

// receive reads a form with files.
func receive(v webkit.Visit) (sent, error) {
	out := sent{fields: map[string]string{}, names: map[string]string{}, files: map[string][]byte{}}
	for {
		part, err := v.Parts.NextPart()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		var data []byte
		if err == nil && slices.Contains([]string{"file", "copy"}, part.FormName()) {
			data, err = io.ReadAll(io.LimitReader(part, paper.MostFile+1))
			out.names[part.FormName()], out.files[part.FormName()] = part.FileName(), data
		} else if err == nil {
			data, err = io.ReadAll(io.LimitReader(part, mostField))
			out.fields[part.FormName()] = string(data)
		}
		if err != nil {
			return sent{}, fault.New(fault.Invalid, "E-FILE-CUT", "The upload ended before it was whole. Nothing was kept.").Because(err)
		}
	}
}

// certify takes the certificate of a first officer of the source.
func (f *Face) certify(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	c, err := id(v)
	if err != nil {
		return nil, err
	}
	by, err := f.clerk(ctx, v)
	if err != nil {
		return nil, err
	}
	form, err := receive(v)
	if err != nil {
		return nil, err
	}
	file, said := form.upload()
	if !said {
		err = errThird
	} else {
		_, err = f.Service.Certify(ctx, by, c, dispute.Certified{Officer: form.fields["officer"], Whole: form.fields["whole"] == "yes", Reasons: form.fields["reasons"], File: file}, v.Now)
	}
	var bad *fault.Error
	if errors.As(err, &bad) && bad.Kind == fault.Invalid {
		k, err := f.question(ctx, v)
		if err != nil {
			return nil, err
		}
		text, ofFile := k.w.unfit(bad)
		if !ofFile {
			text = k.w.Certify.Mend
		}
		return k.questionPage([]webkit.Mend{{Field: bad.Field, Text: text.String()}}), nil
	}
	return webkit.See{Path: askPath + "/" + c.String() + "?done=certified"}, err
}

// confirm takes the word of a second officer.
func (f *Face) confirm(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	c, err := id(v)
	if err != nil {
		return nil, err
	}
	by, err := f.clerk(ctx, v)
	if err != nil {
		return nil, err
	}
	_, err = f.Service.Confirm(ctx, by, c, v.Now)
	return webkit.See{Path: askPath + "/" + c.String() + "?done=confirmed"}, err
}

// may reports whether the source may certify the record: it was refuted, the pack lets
// such a record come back, and no certificate waits.
func (k work) may() bool {
	_, allowed := k.rules.Deadline(law.Reinsertion)
	_, waits := k.Pending()
	return allowed && !waits && k.Refuted(k.rules)
}

// refuted says what holds of a record that was refuted and what its source can do.
func (k work) refuted() string {
	if _, allowed := k.rules.Deadline(law.Reinsertion); !allowed {
		return k.w.Certify.Never.String()
	}
	return k.w.Certify.Text.String()
}

// certificate says where a certificate stands.
func (p view) certificate(c dispute.Certificate) string {
	day := p.v.Dates.Day(p.v.Dates.Of(c.At))
	if c.Second.IsZero() {
		return p.w.Certify.Waits.With("day", day)
	}
	return p.w.Certify.Stands.With("day", day, "second", p.v.Dates.Day(p.v.Dates.Of(c.SecondAt)), "until", p.v.Dates.Day(c.Until))
}
