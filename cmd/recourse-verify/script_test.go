package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"recourse/internal/kit/signkit"
)

// vectors are the committed receipts, checkpoints and copy of a log.
const vectors = "../../internal/proof/testdata/vectors"

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"recourse-verify": func() { os.Exit(run()) }})
}

// TestScript runs every story in testdata/script against the binary, with the vectors
// in $V and the copy of the log served at $LOG.
func TestScript(t *testing.T) {
	t.Parallel()
	dir, err := filepath.Abs(vectors)
	if err != nil {
		t.Fatal(err)
	}
	files := http.FileServer(http.Dir(filepath.Join(dir, "mirror")))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/labels/" {
			_, _ = w.Write([]byte("2026-11-20 0 600 1\n2026-11-21 600 701 0\n"))
			return
		}
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("V", dir)
			env.Setenv("LOG", server.URL)
			if err := signedAnswer(env.Getenv("WORK")); err != nil {
				return err
			}
			return os.CopyFS(env.Getenv("WORK"), os.DirFS(dir))
		},
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"code": code, "alter": alter, "static": static},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// signedAnswer keeps an answer as a registry signs it, its keys, and those of another.
func signedAnswer(dir string) error {
	files := map[string][]byte{}
	for name, seed := range map[string]byte{"keys.json": 1, "other-keys.json": 2} {
		signer, err := signkit.NewSigner(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize)))
		if err != nil {
			return err
		}
		if files[name], err = json.Marshal(signer.KeySet()); err != nil {
			return err
		}
		if seed == 1 {
			body, h := []byte(`{"outcome":"nothing to show","statement":"made up"}`), http.Header{"Content-Type": {"application/json"}}
			signer.Sign(h, http.StatusOK, body, time.Date(2026, 11, 23, 4, 5, 6, 0, time.UTC))
			out := bytes.NewBufferString("HTTP/1.1 200 OK\r\n")
			if err := h.Write(out); err != nil {
				return err
			}
			files["answer.http"] = append(append(out.Bytes(), "\r\n"...), body...)
		}
	}
	for name, raw := range files {
		if err := os.WriteFile(filepath.Join(dir, name), raw, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// code runs the program and looks at its exit code: code N ARGS.
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N ARGS")
	}
	err := ts.Exec("recourse-verify", args[1:]...)
	got := "0"
	if err != nil {
		got = exitOf(err)
	}
	if got != args[0] {
		ts.Fatalf("exit %s, want %s", got, args[0])
	}
}

// static serves a folder as any web server would, at $STATIC: static FOLDER.
func static(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: static FOLDER")
	}
	server := httptest.NewServer(http.FileServer(http.Dir(ts.MkAbs(args[0]))))
	ts.Defer(server.Close)
	ts.Setenv("STATIC", server.URL)
}

// exitOf reads the code out of "exit status 5".
func exitOf(err error) string {
	text := err.Error()
	return text[len(text)-1:]
}

// alter turns one bit in the middle of a file: alter FILE.
func alter(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: alter FILE")
	}
	name := ts.MkAbs(args[0])
	raw, err := os.ReadFile(name)
	ts.Check(err)
	raw[len(raw)/2] ^= 1
	ts.Check(os.WriteFile(name, raw, 0o600))
}
