package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	cosign "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"recourse/internal/ledger"
	"recourse/internal/ledger/ledgerfile"
	"recourse/internal/ledger/ledgerhttp"
)

// witnessCmd watches logs of others.
type witnessCmd struct {
	Serve witnessServeCmd `cmd:"" help:"Sign checkpoints of logs that only grow (C2SP tlog-witness), until it is stopped."`
	Key   witnessKeyCmd   `cmd:"" help:"Print the witness's public key, as policies of witnesses name it."`
}

// witnessFolder is where a witness remembers.
type witnessFolder struct {
	DataDir string `help:"Folder that holds what this witness remembers. It is never given back from a backup: a witness that forgot is retired." default:"witness" env:"RECOURSE_WITNESS_DIR" placeholder:"DIR"`
	Name    string `help:"Name of the witness, an address without https://. Fixed when its key is drawn." default:"witness.recourse.invalid" env:"RECOURSE_WITNESS_NAME"`
}

// open returns the folder and the key of the witness.
func (w witnessFolder) open() (folder *ledgerfile.Folder, secret, public string, err error) {
	if folder, err = ledgerfile.Open(w.DataDir); err != nil {
		return nil, "", "", err
	}
	if secret, public, err = folder.Key("key", w.Name, rand.Reader); err == nil {
		public, err = cosign.VKeyToCosignatureV1(public)
	}
	if err != nil {
		return nil, "", "", errors.Join(err, folder.Close())
	}
	return folder, secret, public, nil
}

type witnessKeyCmd struct {
	witnessFolder `embed:""`
}

// Run prints the public key.
func (c *witnessKeyCmd) Run(s *session) error {
	folder, _, public, err := c.open()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, public)
	return errors.Join(err, folder.Close())
}

type witnessServeCmd struct {
	witnessFolder `embed:""`
	Listen        string   `help:"Address to serve on." default:"127.0.0.1:8090" env:"RECOURSE_WITNESS_LISTEN" placeholder:"HOST:PORT"`
	Log           []string `help:"Public key of a log to watch (its /log/key), once for each log." required:"" placeholder:"KEY"`
}

// Run serves the witness.
func (c *witnessServeCmd) Run(s *session) error {
	w := &ledger.Witness{Logs: map[string]note.Verifier{}}
	for _, key := range c.Log {
		v, err := note.NewVerifier(strings.TrimSpace(key))
		if err != nil {
			return usageError("--log is no public key of a log: copy the line that its /log/key shows")
		}
		w.Logs[v.Name()] = v
	}
	folder, secret, public, err := c.open()
	if err != nil {
		return err
	}
	defer func() { _ = folder.Close() }()
	if w.Signer, err = cosign.NewSignerForCosignatureV1(secret); err != nil {
		return fmt.Errorf("reading the witness's key: %w", err)
	}
	w.Memory = folder
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	server := &http.Server{Handler: ledgerhttp.Witness(w), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, MaxHeaderBytes: 32 << 10}
	_, _ = fmt.Fprintf(s.out, "witness %s is ready at http://%s\n", public, listener.Addr())
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err = <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-s.ctx.Done():
		return server.Close()
	}
}
