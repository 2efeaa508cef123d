package vaultrpc

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"

	"recourse/internal/fault"
)

// read loads the files.
func (f Files) read() (cert tls.Certificate, pool *x509.CertPool, err error) {
	if cert, err = tls.LoadX509KeyPair(f.Certificate, f.Key); err != nil {
		return cert, nil, fmt.Errorf("reading the certificate of the vault's connection: %w", err)
	}
	pem, err := os.ReadFile(f.CA)
	if err != nil {
		return cert, nil, fmt.Errorf("reading the CA of the vault's connection: %w", err)
	}
	pool = x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return cert, nil, errors.New("the CA file of the vault's connection holds no certificate")
	}
	return cert, pool, nil
}

// socket is a Unix socket that takes its name away when it is closed.
type socket struct {
	*net.UnixListener
	path string
}

// Close stops listening and removes the name.
func (s *socket) Close() error {
	err := os.Remove(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, s.UnixListener.Close())
}

// ListenUnix listens on a socket that only its owner can open. A name left over
// by a process that has died is taken over; one where somebody answers is not.
func ListenUnix(path string) (net.Listener, error) {
	if c, err := net.Dial("unix", path); err == nil {
		return nil, errors.Join(fault.New(fault.Conflict, "E-VAULT-LOCKED",
			"Another process serves a vault on this socket. Nothing was changed. Stop it first, or choose another path."), c.Close())
	}
	// It gets its name only once its rights are set.
	private, err := os.MkdirTemp(filepath.Dir(path), ".vault-")
	if err != nil {
		return nil, fmt.Errorf("making the vault's socket: %w", err)
	}
	defer func() { _ = os.Remove(private) }() // empty by then
	unnamed := filepath.Join(private, "s")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: unnamed, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("making the vault's socket (its path may have at most 90 bytes): %w", err)
	}
	l.SetUnlinkOnClose(false)
	if err := errors.Join(os.Chmod(unnamed, 0o600), os.Rename(unnamed, path)); err != nil {
		return nil, errors.Join(fmt.Errorf("naming the vault's socket: %w", err), l.Close(), os.Remove(unnamed))
	}
	return &socket{UnixListener: l, path: path}, nil
}
