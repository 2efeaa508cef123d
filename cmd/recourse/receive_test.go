package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// receive runs a receiver of webhooks on this machine, until the story ends: receive
// FILE. Each message that it takes is a line of the file. RECEIVER is its address,
// RECEIVER_HOST its HOST:PORT. While there is a file FILE.down it takes none.
func receive(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: receive FILE")
	}
	file := ts.MkAbs(args[0])
	var mu sync.Mutex
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if _, down := os.Stat(file + ".down"); err != nil || down == nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err == nil {
			_, err = f.WriteString(r.Header.Get("webhook-id") + " " + string(body) + "\n")
			_ = f.Close()
		}
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	ts.Defer(server.Close)
	ts.Setenv("RECEIVER", server.URL)
	ts.Setenv("RECEIVER_HOST", strings.TrimPrefix(server.URL, "http://"))
}
