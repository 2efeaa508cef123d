package webkit

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

//go:embed static
var staticFiles embed.FS

const staticPath = "/static/"

// mediaTypes are written out: the tables of the machine differ.
var mediaTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// assets are the static files under names that change with their content, so
// that they can be kept for a year.
type assets struct {
	names map[string]string // name → path
	files map[string]asset  // path → file
}

type asset struct {
	mediaType   string
	plain, zips []byte
}

func loadAssets(more []fs.FS) (*assets, error) {
	a := &assets{names: map[string]string{}, files: map[string]asset{}}
	ours, err := fs.Sub(staticFiles, "static")
	for _, files := range append([]fs.FS{ours}, more...) {
		if err == nil {
			err = a.load(files)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("webkit: static files: %w", err)
	}
	return a, nil
}

func (a *assets) load(files fs.FS) error {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		raw, err := fs.ReadFile(files, e.Name())
		if err != nil {
			return err
		}
		sum := sha256.Sum256(raw)
		ext := path.Ext(e.Name())
		name := staticPath + strings.TrimSuffix(e.Name(), ext) + "." + hex.EncodeToString(sum[:6]) + ext
		var zips bytes.Buffer
		z, _ := gzip.NewWriterLevel(&zips, gzip.BestCompression) // the level is valid
		_, _ = z.Write(raw)                                      // a buffer takes everything
		_ = z.Close()
		a.names[e.Name()] = name
		a.files[name] = asset{mediaType: mediaTypes[ext], plain: raw, zips: zips.Bytes()}
	}
	return nil
}

// path returns the address of a static file.
func (a *assets) path(name string) string { return a.names[name] }

// inline returns a small picture as an address that holds it, which saves a page the
// asking for it.
func (a *assets) inline(name string) templ.SafeURL {
	f := a.files[a.names[name]]
	return templ.SafeURL("data:" + f.mediaType + ";base64," + base64.StdEncoding.EncodeToString(f.plain))
}

// ServeHTTP serves a static file; an old or unknown name is not there.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := a.files[r.URL.Path]
	if !ok || r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.mediaType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body := f.plain
	if takesGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = f.zips
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // who has gone away cannot be told
	}
}
