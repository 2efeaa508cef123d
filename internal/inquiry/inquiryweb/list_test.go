package inquiryweb

import (
	"net/url"
	"testing"
	"time"

	"recourse/internal/inquiry"
)

// TestWhole never parts looks of one instant, as long as they fit into a part.
func TestWhole(t *testing.T) {
	t.Parallel()
	looks := func(seconds ...int64) (out []inquiry.Look) {
		for _, s := range seconds {
			out = append(out, inquiry.Look{At: time.Unix(s, 0)})
		}
		return out
	}
	for _, c := range []struct {
		looks []inquiry.Look
		n     int
		want  int
	}{
		{looks(5, 4, 3, 2), 2, 2}, {looks(5, 4, 4, 2), 2, 1}, {looks(5, 4, 4, 4), 3, 1}, {looks(4, 4, 4), 2, 2}, {looks(5, 4), 2, 2}, {nil, 0, 0},
	} {
		if got := whole(c.looks, c.n); got != c.want {
			t.Errorf("of %v the first %d: %d, want %d", c.looks, c.n, got, c.want)
		}
	}
}

func TestQuery_path(t *testing.T) {
	t.Parallel()
	at := time.UnixMicro(1763000000000001).UTC()
	q := query{outcome: "refused", body: "a-b"}
	path := q.path("/me/lookups", at)
	if path != "/me/lookups?before=1763000000000001&body=a-b&outcome=refused" {
		t.Errorf("path is %s", path)
	}
	if got := (query{}).path("/me/lookups", time.Time{}); got != "/me/lookups" {
		t.Errorf("path of everything is %s", got)
	}
	values, err := url.ParseQuery(path[len("/me/lookups?"):])
	if err != nil || values.Get("before") != "1763000000000001" {
		t.Errorf("read back: %v %v", values, err)
	}
}
