package furnish

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestPlain_readsBack: what is sealed is JSON that says the same fields.
func TestPlain_readsBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		fields := rapid.MapOf(rapid.StringMatching(`[a-z_]{1,9}`), rapid.String().Filter(func(s string) bool { return s != "" })).Draw(rt, "fields")
		r := run{fields: slices.Sorted(maps.Keys(fields))}
		var got map[string]string
		if err := json.Unmarshal(r.plain(fields), &got); err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(fields, got); diff != "" {
			rt.Fatal(diff)
		}
		fields["a_field_left_empty"] = ""
		r.fields = slices.Sorted(maps.Keys(fields))
		if again := r.plain(fields); json.Unmarshal(again, &got) != nil || len(got) != len(fields)-1 {
			rt.Fatal("an empty field is written")
		}
	})
}
