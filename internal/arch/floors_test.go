package arch

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The floors. Imports go down, never up and never sideways.
const (
	ground   = iota // values: no IO, no clock, no chance, no logging
	room            // a feature: its words, its rules, its use cases, its ports
	adapter         // one port kept with one technology: dossierpg, noticeemail
	face            // what the world sees of a room: dossierweb, inquiryapi, noticework
	app             // the one place where everything is put together
	cmd             // programs: cmd/..., bench
	kit             // machinery without domain words; adapters, faces and app may use it
	data            // packages that only embed files: migrations, packs
	suite           // <room>test, the conformance suite of a port; for tests only
	forTests        // internal/test/..., internal/arch; for tests only
)

// spot is where a package stands. room is empty where it hangs on none.
type spot struct {
	floor int
	room  string
}

// place returns the spot of a package. Every package has one.
func place(path string) (spot, error) {
	dir, rest, _ := strings.Cut(strings.TrimPrefix(path, "internal/"), "/")
	switch inside := strings.HasPrefix(path, "internal/"); {
	case strings.HasPrefix(path, "cmd/") || path == "bench":
		return spot{floor: cmd}, nil
	case path == "client":
		return spot{floor: kit}, nil // what programs of bodies import: it knows no rooms either
	case path == "migrations" || path == "packs" || path == "docs":
		return spot{floor: data}, nil
	case !inside:
		return spot{}, errors.New("has no place in the house: see docs/map.md and internal/arch/floors_test.go")
	case dir == "app":
		return spot{floor: app}, nil
	case dir == "kit":
		return placeKit(rest)
	case path == "internal/arch" || dir == "test" && rest != "":
		return spot{floor: forTests}, nil
	case slices.Contains(groundPkgs, dir) && rest == "":
		return spot{floor: ground}, nil
	case isRoom(dir):
		return placeRoom(dir, rest)
	}
	return spot{}, errors.New("has no place in the house: a room is a row in internal/arch/doors_test.go")
}

func placeKit(rest string) (spot, error) {
	drawer, _, _ := strings.Cut(rest, "/")
	if !slices.Contains(kitPkgs, drawer) {
		return spot{}, errors.New("is no drawer of internal/kit: see kitPkgs in internal/arch/doors_test.go")
	}
	return spot{floor: kit}, nil
}

func placeRoom(name, rest string) (spot, error) {
	what, hangs := strings.CutPrefix(rest, name)
	switch {
	case rest == "":
		return spot{room, name}, nil
	case !hangs || what == "" || strings.Contains(what, "/"):
		return spot{}, errors.New("hangs on " + name + " but is not called " + name + "<what>")
	case what == "test":
		return spot{suite, name}, nil
	case slices.Contains(hung, what):
		return spot{face, name}, nil
	}
	return spot{adapter, name}, nil
}

// noIO is what ground and rooms must not import; a folder stands for all below it.
var noIO = []string{"net", "database/sql", "os", "io/ioutil", "log", "math/rand", "crypto/rand", "embed",
	"html/template", "text/template", "syscall", "runtime", "plugin", "testing", "expvar", "unsafe"}

// pure are exceptions of noIO: types of values and parsers that open nothing.
var pure = []string{"net/netip", "net/url", "net/mail", "net/textproto", "database/sql/driver"}

func under(path string, roots []string) bool {
	return slices.ContainsFunc(roots, func(r string) bool { return path == r || strings.HasPrefix(path, r+"/") })
}

// checkImport says why a package may not import another, or nothing.
func checkImport(path, imp string) string {
	from, err := place(path)
	if err != nil {
		return err.Error()
	}
	to, ours := strings.CutPrefix(imp, module+"/")
	if host, _, _ := strings.Cut(imp, "/"); !ours && strings.Contains(host, ".") {
		return checkModule(path, imp)
	} else if !ours {
		if (from.floor == ground || from.floor == room) && under(imp, noIO) && !under(imp, pure) {
			return "ground and rooms do no IO, read no clock, roll no dice, write no log: take it as an argument or a port"
		}
		return ""
	}
	target, err := place(to)
	if err != nil {
		return "it " + err.Error()
	}
	if why := checkSide(from, target); why != "" || sideOf(from.floor) {
		return why
	}
	return checkStairs(from, target)
}

// sideOf reports whether packages on a floor may import whatever checkSide lets
// them: what wires everything, and what only tests see.
func sideOf(floor int) bool { return floor == app || floor == cmd || floor == forTests }

// checkSide keeps the packages apart that belong to no floor.
func checkSide(from, to spot) string {
	switch {
	case to.floor == cmd:
		return "nobody imports a program"
	case (to.floor == suite || to.floor == forTests) && from.floor != forTests && from.floor != suite:
		return "only tests import what is made for tests"
	case from.floor == data:
		return "a package that embeds files imports nothing of the house"
	case to.floor == data && !sideOf(from.floor):
		return "files are handed in by internal/app as an fs.FS"
	case to.floor == app && !sideOf(from.floor):
		return "imports go down"
	}
	return ""
}

// checkStairs keeps floors 0 to 3, the kit and the suites.
func checkStairs(from, to spot) string {
	switch {
	case from.floor == kit && to.floor != ground && to.floor != kit:
		return "machinery knows no domain"
	case to.floor == kit && from.floor < adapter:
		return "ground and rooms use no machinery"
	case from.floor == suite && (to.floor == adapter || to.floor == face):
		return "a suite is handed the filling that it tries"
	case to.floor != kit && from.floor != kit && from.floor != suite && to.floor > from.floor:
		return "imports go down"
	case from.floor == face && to.floor == adapter:
		return "a face does not know how things are kept"
	case from.room != to.room && (to.floor == adapter || to.floor == face):
		return "a door shows the room, not what hangs on it"
	case from.room != "" && to.room != "" && from.room != to.room && !door(from.room, to.room):
		return "no door from " + from.room + " to " + to.room + ": what is shared is ground, what follows is a reaction in internal/app"
	}
	return ""
}

// checkTestImport is the rule for _test files: they may open what hangs on
// their own room and on the rooms that its doors lead to, and everything that is
// made for tests. Wider stories belong into internal/app or internal/test.
func checkTestImport(path, imp string) string {
	from, err := place(path)
	if err != nil {
		return err.Error()
	}
	to, ours := strings.CutPrefix(imp, module+"/")
	if host, _, _ := strings.Cut(imp, "/"); !ours && strings.Contains(host, ".") {
		return checkTestModule(path, imp)
	} else if !ours || sideOf(from.floor) {
		return ""
	}
	target, err := place(to)
	switch {
	case err != nil:
		return "it " + err.Error()
	case target.floor == cmd:
		return "nobody imports a program"
	case target.floor == app:
		return "a test of several rooms belongs into internal/app or internal/test"
	case target.floor == forTests || target.floor == data || target.floor == kit || target.floor == ground:
		return ""
	case from.room == "" && from.floor != suite:
		return "ground and kit know no rooms, nor do their tests"
	case target.room != from.room && !door(from.room, target.room):
		return "no door from " + from.room + " to " + target.room + ", for its tests neither"
	}
	return ""
}

// listed is what go list says of a package.
type listed struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
	ForTest                            string
}

// checkPackages looks through every import of the house.
func checkPackages(all []listed) (bad []string) {
	for _, p := range all {
		path := strings.TrimPrefix(p.ImportPath, module+"/")
		if _, err := place(path); err != nil {
			bad = append(bad, path+" "+err.Error())
			continue
		}
		for _, imp := range p.Imports {
			if why := checkImport(path, imp); why != "" {
				bad = append(bad, path+" imports "+imp+": "+why)
			}
		}
		for _, imp := range slices.Concat(p.TestImports, p.XTestImports) {
			if why := checkTestImport(path, imp); why != "" {
				bad = append(bad, "a test of "+path+" imports "+imp+": "+why)
			}
		}
	}
	return bad
}

func TestFloors(t *testing.T) {
	t.Parallel()
	list := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports", module+"/...")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 5 {
		t.Fatalf("go list sees %d packages", len(all))
	}
	report(t, checkPackages(all))
}
