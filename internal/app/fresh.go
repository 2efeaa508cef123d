package app

import (
	"fmt"
	"net/url"

	"recourse/internal/kit/webkit"
)

// matters is the table of what is done only by who proved not long ago who they are:
// what gives something away, what decides about somebody, and what takes a file out.
// What takes a right back or stops something is never in it.
func matters() map[string]func(url.Values) bool {
	says := func(field string, values ...string) func(url.Values) bool {
		return func(form url.Values) bool {
			for _, v := range values {
				if form.Get(field) == v {
					return true
				}
			}
			return false
		}
	}
	return map[string]func(url.Values) bool{
		"POST /me/consents/new":                       says("step", "give"),
		"POST /me/consents/requests/{request}":        says("do", "give"),
		"POST /me/consents/{consent}":                 says("do", "confirm"),
		"POST /me/freeze":                             webkit.Always,
		"POST /work/contests/{contest}":               webkit.Always,
		"POST /work/repairs/{repair}":                 webkit.Always,
		"POST /work/complaints/{complaint}":           webkit.Always,
		"POST /work/reliefs":                          webkit.Always,
		"POST /work/deaths/{death}":                   says("do", "confirm"),
		"GET /work/contests/{contest}":                webkit.Always, // opens what the person wrote
		"GET /work/contests/{contest}/papers/{paper}": webkit.Always,
		"GET /work/repairs/{repair}":                  webkit.Always,
		"GET /work/complaints/{complaint}":            webkit.Always,
		"GET /work/repairs/{repair}/papers/{paper}":   webkit.Always,
		"GET /work/deaths/{death}/proof":              webkit.Always,
		"GET /me/lookups/export":                      webkit.Always,
		"GET /me/export/file":                         webkit.Always,
		"GET /me/export/tables":                       webkit.Always,
		"GET /me/export/copy":                         webkit.Always,
		"GET /me/records/{record}/copy":               webkit.Always,
	}
}

// askAnew marks the routes of the table. A row whose room is not there is left out
// (TestMatters holds the table against all rooms).
func askAnew(routes []webkit.Route) error {
	all := matters()
	for i, r := range routes {
		fresh, ok := all[r.Method+" "+r.Path]
		if ok && r.Upload > 0 {
			return fmt.Errorf("app: %s %s takes files, and a draft of it cannot be kept", r.Method, r.Path)
		}
		if ok {
			routes[i].Fresh = fresh
		}
	}
	return nil
}
