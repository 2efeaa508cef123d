package furnish

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"recourse/internal/party"
)

// TestStates_readsBack: what is committed to is JSON that says whom, and JSON that
// says the same fields, which alone is sealed.
func TestStates_readsBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		fields := rapid.MapOf(rapid.StringMatching(`[a-z_]{1,9}`), rapid.String().Filter(func(s string) bool { return s != "" })).Draw(rt, "fields")
		r := run{fields: slices.Sorted(maps.Keys(fields))}
		id := party.Identity{Type: rapid.String().Draw(rt, "type"), Number: rapid.String().Draw(rt, "number")}
		key := rapid.String().Draw(rt, "name")
		all, content := r.states(id, key, fields)
		whom, rest, _ := bytes.Cut(all, []byte("\n"))
		var got, about map[string]string
		if err := errors.Join(json.Unmarshal(content, &got), json.Unmarshal(whom, &about)); err != nil || !bytes.Equal(rest, content) {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(map[string]string{"id_type": id.Type, "id_number": id.Number, "name": key}, about); diff != "" {
			rt.Fatal(diff)
		}
		if diff := cmp.Diff(fields, got); diff != "" {
			rt.Fatal(diff)
		}
		fields["a_field_left_empty"] = ""
		r.fields = slices.Sorted(maps.Keys(fields))
		if _, again := r.states(id, key, fields); json.Unmarshal(again, &got) != nil || len(got) != len(fields)-1 {
			rt.Fatal("an empty field is written")
		}
	})
}
