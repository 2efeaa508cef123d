package vaultrpc_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"recourse/internal/fault"
	"recourse/internal/vault/vaultrpc"
	"recourse/internal/vault/vaulttest"
	"recourse/internal/when"
)

type vaultDay = when.Date

// authority signs certificates for a test.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string
}

func newCA(t *testing.T) *authority {
	t.Helper()
	a := &authority{file: filepath.Join(t.TempDir(), "ca.pem")}
	a.key = newKey(t)
	tmpl := template("Sample CA")
	tmpl.IsCA, tmpl.BasicConstraintsValid, tmpl.KeyUsage = true, true, x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, a.key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	put(t, a.file, "CERTIFICATE", der)
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func template(name string) *x509.Certificate {
	return &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
}

func put(t *testing.T, path, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// files makes a certificate for a name.
func (a *authority) files(t *testing.T, name string) vaultrpc.Files {
	t.Helper()
	dir := t.TempDir()
	key := newKey(t)
	der, err := x509.CreateCertificate(rand.Reader, template(name), a.cert, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	f := vaultrpc.Files{Certificate: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem"), CA: a.file}
	put(t, f.Certificate, "CERTIFICATE", der)
	put(t, f.Key, "EC PRIVATE KEY", raw)
	return f
}

func TestTLS_refusesWhoIsNotKnown(t *testing.T) {
	t.Parallel()
	ca, other := newCA(t), newCA(t)
	l, err := vaultrpc.ListenTLS("127.0.0.1:0", ca.files(t, "vault"))
	if err != nil {
		t.Fatal(err)
	}
	serve(t, l, local(t, &vaulttest.Memory{}, 1), nil)
	stranger := other.files(t, "stranger")
	stranger.CA = ca.file
	impostor := ca.files(t, "recourse") // trusts another CA than the vault's
	impostor.CA = other.file
	for what, f := range map[string]vaultrpc.Files{"a stranger": stranger, "a vault of another CA": impostor} {
		c, err := vaultrpc.DialTLS(l.Addr().String(), f)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.State(t.Context()); fault.Of(err).Code != "E-VAULT-UNREACHABLE" {
			t.Errorf("%s: %v", what, err)
		}
		c.Close()
	}
	good, err := tls.LoadX509KeyPair(ca.files(t, "recourse").Certificate, ca.files(t, "x").Key)
	if err == nil {
		t.Fatal("a certificate went with the key of another", good.Leaf)
	}
	pool := x509.NewCertPool()
	pool.AddCert(ca.cert)
	for what, c := range map[string]*tls.Config{
		"no certificate": {RootCAs: pool},
		"TLS 1.2":        {RootCAs: pool, MaxVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair(t, ca)}},
	} {
		conn, err := tls.Dial("tcp", l.Addr().String(), c)
		if err == nil { // with TLS 1.3 the refusal comes with the first answer
			if _, err = conn.Write([]byte("POST /vault/v1/state HTTP/1.1\r\nHost: vault\r\n\r\n")); err == nil {
				_, err = conn.Read(make([]byte, 1))
			}
			_ = conn.Close() // the server has closed it
		}
		if err == nil {
			t.Errorf("%s: was answered", what)
		}
	}
	conn, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{pair(t, ca)}})
	if err != nil {
		t.Fatalf("the control, with a certificate: %v", err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
}

func pair(t *testing.T, a *authority) tls.Certificate {
	t.Helper()
	f := a.files(t, "recourse")
	c, err := tls.LoadX509KeyPair(f.Certificate, f.Key)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
