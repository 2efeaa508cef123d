package inquiryapi

import (
	"testing"

	"pgregory.net/rapid"

	"recourse/internal/kit/apikit"
)

// TestEncode_isJSON compares every result with what the general encoder makes of
// it.
func TestEncode_isJSON(t *testing.T) {
	t.Parallel()
	text := rapid.OneOf(rapid.Just(""), rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("\"\\<>&\u2028\x00\n示a"))))
	table := rapid.MapOfN(rapid.String(), text, 0, 5)
	record := rapid.Custom(func(t *rapid.T) Record {
		return Record{Type: text.Draw(t, "type"), Label: table.Draw(t, "label"), Source: text.Draw(t, "source"), Start: text.Draw(t, "start"),
			DisplayEnd: text.Draw(t, "end"), Disputed: rapid.Bool().Draw(t, "disputed"), OwnWords: text.Draw(t, "words"), Fields: table.Draw(t, "fields")}
	})
	refer := rapid.Custom(func(t *rapid.T) Refer {
		return Refer{Type: text.Draw(t, "type"), Label: table.Draw(t, "label"), Ask: text.Draw(t, "ask")}
	})
	rapid.Check(t, func(t *rapid.T) {
		r := Result{Inquiry: text.Draw(t, "inquiry"), At: text.Draw(t, "at"), Purpose: text.Draw(t, "purpose"), Basis: text.Draw(t, "basis"), Pack: text.Draw(t, "pack"),
			Outcome: text.Draw(t, "outcome"), Statement: text.Draw(t, "statement"), Subject: text.Draw(t, "subject"), UseBefore: text.Draw(t, "until"), Receipt: text.Draw(t, "receipt"),
			Replayed: rapid.Bool().Draw(t, "replayed"), Records: rapid.SliceOfN(record, 0, 3).Draw(t, "records"),
			Refer: rapid.SliceOfN(refer, 0, 3).Draw(t, "refer")}
		want, err := apikit.JSON(r)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.encode(); err != nil || string(got) != string(want.Body) {
			t.Fatalf("%v\n%s\n%s", err, got, want.Body)
		}
	})
}

// TestEncode_refusesDamage: a value that is not UTF-8 is a failure, not an answer.
func TestEncode_refusesDamage(t *testing.T) {
	t.Parallel()
	if b, err := (Result{Records: []Record{{Fields: map[string]string{"a": "\xff"}}}}).encode(); err == nil {
		t.Errorf("%q", b)
	}
}
