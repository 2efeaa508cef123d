package dossier

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzContent holds the reader to the library: what it takes at sight is what the
// library reads, and what the library refuses it refuses.
func FuzzContent(f *testing.F) {
	for _, s := range []string{`{}`, `{"a":"b"}`, `{"amount":"100.00 CNY","reason":"示例"}`, `{"a":"b","a":"c"}`, `{"a":"\u0041"}`, `{"a":"b",}`, `{"a":1}`, `{"a" :"b"}`,
		`{`, `}`, `{"a":"b"}x`, `{"a"}`, `{"":""}`, `{,}`, "{\"a\":\"\n\"}", "{\"a\":\"\xff\"}", `null`, ``} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, plain []byte) {
		var want map[string]string
		wrong := json.Unmarshal(plain, &want)
		got, err := Content(plain)
		if (err != nil) != (wrong != nil) {
			t.Fatalf("%q: %v, the library says %v", plain, err, wrong)
		}
		if diff := cmp.Diff(want, got); diff != "" && err == nil {
			t.Errorf("%q: %s", plain, diff)
		}
	})
}

func TestContent_atSight(t *testing.T) {
	t.Parallel()
	if fields, ok := simple([]byte(`{"amount":"100.00 CNY","reason":"示例"}`)); !ok || len(fields) != 2 || fields["reason"] != "示例" {
		t.Errorf("%v, %v", fields, ok)
	}
	if _, ok := simple([]byte(`{"amount":"\u0031"}`)); ok {
		t.Error("an escape was taken at sight")
	}
}
