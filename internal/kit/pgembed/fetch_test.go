package pgembed

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/xi2/xz"
)

// storeXZ packs bytes into the xz format without compressing them, so that no
// packer is needed.
func storeXZ(plain []byte) []byte {
	var out bytes.Buffer
	sum := func(b []byte) []byte { return binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b)) }
	flags := []byte{0, 0} // no check of the blocks
	out.WriteString("\xfd7zXZ\x00")
	out.Write(sum(flags)[0:2])
	out.Write(sum(flags)[2:6])
	block := sum([]byte{2, 0, 0x21, 1, 0x16, 0, 0, 0}) // one LZMA2 filter
	out.Write(block)
	size := len(block)
	for first := true; len(plain) > 0 || first; first = false {
		n := min(len(plain), 1<<16)
		if n == 0 {
			break
		}
		control := byte(2)
		if first {
			control = 1
		}
		out.Write([]byte{control, byte((n - 1) >> 8), byte(n - 1)})
		out.Write(plain[:n])
		plain, size = plain[n:], size+3+n
	}
	out.WriteByte(0)
	size++
	unpadded := size
	for ; size%4 != 0; size++ {
		out.WriteByte(0)
	}
	index := binary.AppendUvarint([]byte{0, 1}, uint64(unpadded))
	index = binary.AppendUvarint(index, uint64(contentSize(out.Bytes(), len(block))))
	for len(index)%4 != 0 {
		index = append(index, 0)
	}
	index = sum(index)
	out.Write(index)
	foot := binary.LittleEndian.AppendUint32(nil, uint32(len(index)/4-1))
	foot = append(foot, flags...)
	out.Write(binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(foot)))
	out.Write(foot)
	out.WriteString("YZ")
	return out.Bytes()
}

// contentSize adds up the chunks of the one block.
func contentSize(stream []byte, header int) (n int) {
	for at := 12 + header; stream[at] != 0; {
		size := int(stream[at+1])<<8 + int(stream[at+2]) + 1
		n, at = n+size, at+3+size
	}
	return n
}

// TestStoreXZ checks the packer of this test against the reader.
func TestStoreXZ(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 1 << 16, 1<<16 + 1, 300_000} {
		plain := bytes.Repeat([]byte("abcdefg"), n/7+1)[:n]
		r, err := xz.NewReader(bytes.NewReader(storeXZ(plain)), 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := iotest.TestReader(r, plain); err != nil {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// entry is one file of an archive.
type entry struct {
	name, link, content string
	mode                int64
}

// jarOf makes what the repository publishes: a zip that holds a tar.xz.
func jarOf(t *testing.T, entries []entry) []byte {
	t.Helper()
	var tree bytes.Buffer
	w := tar.NewWriter(&tree)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Mode: e.mode, Size: int64(len(e.content)), Typeflag: tar.TypeReg}
		if e.link != "" {
			h.Typeflag, h.Linkname = tar.TypeSymlink, e.link
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(e.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var jar bytes.Buffer
	z := zip.NewWriter(&jar)
	for name, content := range map[string][]byte{"META-INF/MANIFEST.MF": []byte("x"), "postgres-linux-x86_64.txz": storeXZ(tree.Bytes())} {
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return jar.Bytes()
}

// machineJar packs the binaries of this machine and the libraries that lie
// beside them. What else they need they find where they were built for.
func machineJar(t *testing.T) []byte {
	t.Helper()
	dir, _, err := Find("")
	if err != nil {
		t.Fatal(err)
	}
	all := []entry{{name: "bin/pg-link", link: "postgres"}}
	for _, name := range []string{"bin/postgres", "bin/initdb", "lib/dict_snowball.so", "lib/plpgsql.so"} {
		content, err := os.ReadFile(filepath.Join(filepath.Dir(dir), name))
		if err != nil {
			t.Skipf("the binaries of this machine are laid out in another way: %v", err)
		}
		all = append(all, entry{name: name, content: string(content), mode: 0o755})
	}
	return jarOf(t, append(all, entry{name: "share/a/readme", content: "text", mode: 0o644}))
}

// repository serves a jar and a checksum ("" is none) and counts requests.
func repository(t *testing.T, jar []byte, sum string) (url string, paths *[]string) {
	t.Helper()
	paths = new([]string)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*paths = append(*paths, r.URL.Path)
		switch {
		case strings.HasSuffix(r.URL.Path, ".jar"):
			_, _ = w.Write(jar)
		case strings.HasSuffix(r.URL.Path, ".sha256") && sum != "":
			_, _ = w.Write([]byte(sum))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL + "/maven2", paths
}

func sumOf(jar []byte) string {
	sum := sha256.Sum256(jar)
	return hex.EncodeToString(sum[:])
}

func fetching(dir, url string) Config {
	cfg := Config{Dir: dir, RepositoryURL: url, NoSync: true}
	cfg.testingOnly.noSearch = true
	return cfg
}

// TestFetch starts a cluster from fetched binaries, once with a published
// checksum and once without, and does not fetch again.
func TestFetch(t *testing.T) {
	t.Parallel()
	jar := machineJar(t)
	for _, sum := range []string{sumOf(jar) + "  name.jar\n", ""} {
		dir := newDiskDir(t)
		openAbove(t, dir)
		url, paths := repository(t, jar, sum)
		s := start(t, fetching(dir, url))
		must(t, connect(t, s.SuperuserURL("postgres")), "create table kept as select 1 as n")
		if exe, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(s.PID()), "exe")); err != nil || exe != filepath.Join(dir, "pgbin/bin/postgres") {
			t.Errorf("PostgreSQL is %s (%v), not the fetched one", exe, err)
		}
		name := "embedded-postgres-binaries-linux-" + machine()
		want := "/maven2/io/zonky/test/postgres/" + name + "/17.5.0/" + name + "-17.5.0.jar"
		if len(*paths) != 2 || (*paths)[0] != want || (*paths)[1] != want+".sha256" {
			t.Errorf("asked for %q, want %q and its checksum", *paths, want)
		}
		stop(t, s)
		stop(t, start(t, fetching(dir, url)))
		if len(*paths) != 2 {
			t.Errorf("fetched again: %q", *paths)
		}
		checkModes(t, dir)
		if left, err := filepath.Glob(dir + "/pgbin?*"); err != nil || len(left) > 0 {
			t.Errorf("left over: %v %v", left, err)
		}
	}
}

// TestFetch_refuses what is not what it should be, and leaves nothing.
func TestFetch_refuses(t *testing.T) {
	t.Parallel()
	good := machineJar(t)
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 1
	evil := func(e entry) []byte {
		return jarOf(t, []entry{{name: "bin/postgres", content: "x", mode: 0o755}, e})
	}
	for name, c := range map[string]struct {
		jar       []byte
		sum, says string
	}{
		"another checksum": {flipped, sumOf(good), "is published"},
		"empty checksum":   {good, " ", "is published"},
		"path above":       {evil(entry{name: "../out", content: "x"}), "", "leads out"},
		"absolute path":    {evil(entry{name: "/tmp/out", content: "x"}), "", "leads out"},
		"link above":       {evil(entry{name: "lib/a", link: "../../out"}), "", "leads out"},
		"absolute link":    {evil(entry{name: "lib/a", link: "/etc"}), "", "leads out"},
		"no archive":       {[]byte("not a zip"), "", "jar"},
		"nothing in it":    {jarOf(t, nil)[:0], "", "jar"},
	} {
		dir := newDiskDir(t)
		openAbove(t, dir)
		url, _ := repository(t, c.jar, c.sum)
		_, err := Start(t.Context(), fetching(dir, url))
		if !errors.Is(err, ErrNoBinaries) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "apt-get install") {
			t.Errorf("%s: got %v, want ErrNoBinaries with %q and a command", name, err, c.says)
		}
		if left, err := filepath.Glob(dir + "/p*"); err != nil || len(left) > 0 {
			t.Errorf("%s: left over: %v %v", name, left, err)
		}
		if _, err := os.Stat(filepath.Join(filepath.Dir(dir), "out")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: something was written outside", name)
		}
	}
}

func TestFetch_addresses(t *testing.T) {
	t.Parallel()
	for url, ok := range map[string]bool{
		"":                          true,
		"https://mirror.example/m2": true,
		"http://127.0.0.1:1234/m2":  true,
		"http://[::1]/m2":           true,
		"http://mirror.example/m2":  false,
		"http://10.0.0.1/m2":        false,
		"ftp://127.0.0.1/m2":        false,
		"://":                       false,
	} {
		if _, err := jarURL(url, "17.5.0"); (err == nil) != ok {
			t.Errorf("%q: %v", url, err)
		}
	}
}

// TestFetch_belowClosedFolder refuses before the download: fetched binaries
// would be out of reach.
func TestFetch_belowClosedFolder(t *testing.T) {
	t.Parallel()
	needRoot(t)
	dir := newDiskDir(t) // the test's own folder is closed to others
	url, paths := repository(t, nil, "")
	_, err := Start(t.Context(), fetching(dir, url))
	if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), "apt-get install") {
		t.Errorf("got %v, want ErrUnreachable", err)
	}
	if len(*paths) > 0 {
		t.Errorf("something was fetched: %q", *paths)
	}
}
