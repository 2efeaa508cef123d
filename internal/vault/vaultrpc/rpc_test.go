package vaultrpc_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"recourse/internal/fault"
	"recourse/internal/seal"
	"recourse/internal/vault"
	"recourse/internal/vault/vaultrpc"
	"recourse/internal/vault/vaulttest"
)

// local opens a vault in memory.
func local(t *testing.T, j *vaulttest.Memory, seed uint64) *vault.Vault {
	t.Helper()
	v, err := vault.Open(t.Context(), vault.Config{Journal: j, Minter: vaulttest.Seeded(seed), Mode: vault.Sandbox, Ahead: vaulttest.Ahead(),
		Create: true, Now: vaulttest.Now(), Today: vaulttest.Today})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// serve serves a vault until stop is called or the test ends.
func serve(t testing.TB, l net.Listener, v vault.Service, m *vault.Meter) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- vaultrpc.Serve(ctx, l, vaultrpc.Server{Vault: v, Meter: m}) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func listen(t testing.TB, path string) net.Listener {
	t.Helper()
	l, err := vaultrpc.ListenUnix(path)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// short returns a path for a socket: their length is bounded.
func short(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "v")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "vault.sock")
}

// remote makes fixtures whose service is reached over a connection.
func remote(connect func(t *testing.T, v vault.Service) (c *vaultrpc.Client, stop func())) func(t *testing.T) vaulttest.Fixture {
	return func(t *testing.T) vaulttest.Fixture {
		j := &vaulttest.Memory{}
		v := local(t, j, 1)
		c, stop := connect(t, v)
		seed := uint64(1)
		return vaulttest.Fixture{Service: c, Reopen: func(t *testing.T) vault.Service {
			stop()
			if err := v.Close(); err != nil {
				t.Fatal(err)
			}
			seed++
			j = j.Again()
			v = local(t, j, seed)
			c, stop = connect(t, v)
			return c
		}}
	}
}

func TestUnix_conforms(t *testing.T) {
	t.Parallel()
	vaulttest.RunService(t, remote(func(t *testing.T, v vault.Service) (*vaultrpc.Client, func()) {
		path := short(t)
		stop := serve(t, listen(t, path), v, nil)
		c := vaultrpc.DialUnix(path)
		t.Cleanup(c.Close)
		return c, stop
	}))
}

func TestTLS_conforms(t *testing.T) {
	t.Parallel()
	ca := newCA(t)
	server, client := ca.files(t, "vault"), ca.files(t, "recourse")
	vaulttest.RunService(t, remote(func(t *testing.T, v vault.Service) (*vaultrpc.Client, func()) {
		l, err := vaultrpc.ListenTLS("127.0.0.1:0", server)
		if err != nil {
			t.Fatal(err)
		}
		stop := serve(t, l, v, nil)
		c, err := vaultrpc.DialTLS(l.Addr().String(), client)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		return c, stop
	}))
}

func TestClient_vaultOpenedAnew(t *testing.T) {
	t.Parallel()
	path := short(t)
	j := &vaulttest.Memory{}
	v := local(t, j, 1)
	stop := serve(t, listen(t, path), v, nil)
	c := vaultrpc.DialUnix(path)
	t.Cleanup(c.Close)
	st, err := c.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	pinned := c.Pinned(st.Boot)
	e := seal.NewEpoch(seal.Record, vaulttest.Today)
	if _, err := pinned.Lease(t.Context(), e, 1); err != nil {
		t.Fatal(err)
	}
	stop()
	if _, err := pinned.Lease(t.Context(), e, 1); fault.Of(err).Code != "E-VAULT-UNREACHABLE" || fault.Of(err).Kind != fault.Unavailable {
		t.Fatalf("with nobody there: %v", err)
	}
	serve(t, listen(t, path), local(t, j.Again(), 2), nil)
	for what, call := range map[string]func() error{
		"Lease":  func() error { _, err := pinned.Lease(t.Context(), e, 1); return err },
		"Derive": func() error { _, err := pinned.Derive(t.Context(), nil); return err },
		"Epochs": func() error { _, err := pinned.Epochs(t.Context()); return err },
	} {
		if f := fault.Of(call()); f.Code != "E-VAULT-RESTARTED" || f.Kind != fault.Unavailable {
			t.Errorf("%s on a vault that was opened anew: %v", what, f)
		}
	}
	again, err := pinned.State(t.Context())
	if err != nil || again.Boot == st.Boot {
		t.Fatalf("%+v, %v", again, err)
	}
	if _, err := c.Pinned(again.Boot).Lease(t.Context(), e, 1); err != nil {
		t.Errorf("after the comparison: %v", err)
	}
}

func TestSocket_isForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	path := short(t)
	stop := serve(t, listen(t, path), local(t, &vaulttest.Memory{}, 1), nil)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 || info.Mode().Type() != os.ModeSocket {
		t.Fatalf("%v, %v", info, err)
	}
	if _, err := vaultrpc.ListenUnix(path); fault.Of(err).Code != "E-VAULT-LOCKED" {
		t.Fatalf("a second one got %v", err)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("%d names are left beside the socket, %v", len(left)-1, err)
	}
	stop()
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the name is left: %v", err)
	}
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"}) // as a killed process leaves it
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	if err := dead.Close(); err != nil {
		t.Fatal(err)
	}
	serve(t, listen(t, path), local(t, &vaulttest.Memory{}, 1), nil)
	c := vaultrpc.DialUnix(path)
	t.Cleanup(c.Close)
	if _, err := c.State(t.Context()); err != nil {
		t.Errorf("after the name of a dead one was taken over: %v", err)
	}
}

// raw sends bytes to a call.
func raw(t *testing.T, path, call, method string, body []byte) int {
	t.Helper()
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}}}
	r, err := http.NewRequestWithContext(t.Context(), method, "http://vault"+call, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(r)
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode
}

func TestServer_refusesWhatItDoesNotUnderstand(t *testing.T) {
	t.Parallel()
	path := short(t)
	v := local(t, &vaulttest.Memory{}, 1)
	serve(t, listen(t, path), v, nil)
	before, err := v.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	many := []byte{0xff, 0xff, 0xff, 0xff}
	for what, c := range map[string]struct {
		call, method string
		body         []byte
		want         int
	}{
		"no call":           {"/vault/v1/open", "POST", nil, 400},
		"another version":   {"/vault/v2/state", "POST", nil, 400},
		"read":              {"/vault/v1/state", "GET", nil, 400},
		"more than asked":   {"/vault/v1/state", "POST", []byte{0}, 400},
		"less than asked":   {"/vault/v1/lease", "POST", make([]byte, 15), 400},
		"a false count":     {"/vault/v1/derive", "POST", many, 400},
		"a false length":    {"/vault/v1/tokens", "POST", append([]byte{0, 0, 0, 1}, many...), 400},
		"too long":          {"/vault/v1/derive", "POST", make([]byte, 9<<20), 400},
		"a huge lease":      {"/vault/v1/lease", "POST", append(make([]byte, 8), 0x7f, 0, 0, 0, 0, 0, 0, 0), 400},
		"an ended epoch":    {"/vault/v1/lease", "POST", append(make([]byte, 15), 1), 409},
		"sound, and nobody": {"/vault/v1/derive", "POST", make([]byte, 4), 200},
	} {
		if got := raw(t, path, c.call, c.method, c.body); got != c.want && !(what == "too long" && got == 0) {
			t.Errorf("%s: status %d, want %d", what, got, c.want)
		}
	}
	if after, err := v.State(t.Context()); err != nil || after.Seq != before.Seq {
		t.Errorf("the vault moved from %d to %d, %v", before.Seq, after.Seq, err)
	}
}

func TestMeter_knowsWhoAsks(t *testing.T) {
	t.Parallel()
	path := short(t)
	m := vault.NewMeter()
	v := local(t, &vaulttest.Memory{}, 1)
	serve(t, listen(t, path), v, m)
	ca := newCA(t)
	l, err := vaultrpc.ListenTLS("127.0.0.1:0", ca.files(t, "vault"))
	if err != nil {
		t.Fatal(err)
	}
	serve(t, l, v, m)
	overTLS, err := vaultrpc.DialTLS(l.Addr().String(), ca.files(t, "server 2"))
	if err != nil {
		t.Fatal(err)
	}
	overSocket := vaultrpc.DialUnix(path)
	t.Cleanup(overTLS.Close)
	t.Cleanup(overSocket.Close)
	for c, n := range map[*vaultrpc.Client]int{overTLS: 3, overSocket: 5} {
		if _, err := c.Derive(t.Context(), make([]vault.Place, n)); err != nil {
			t.Fatal(err)
		}
	}
	got := m.Usage()
	if len(got) != 2 || got[0] != (vault.Usage{Caller: "server 2", Derived: 3, Gone: 3}) || got[1].Derived != 5 {
		t.Errorf("got %+v", got)
	}
}

// misleading is a vault whose faults carry everything that a fault can.
type misleading struct{ vault.Service }

func (misleading) Epochs(context.Context) ([]vault.Epoch, error) {
	return nil, fault.New(fault.TooMany, "E-SAMPLE", "Too many.").At("field").By("C1").Because(errors.New("cause"))
}

func (misleading) Expire(context.Context, vaultDay) (int, error) { return 0, errors.New("inside") }

func TestClient_keepsFaults(t *testing.T) {
	t.Parallel()
	path := short(t)
	serve(t, listen(t, path), misleading{local(t, &vaulttest.Memory{}, 1)}, nil)
	c := vaultrpc.DialUnix(path)
	t.Cleanup(c.Close)
	_, err := c.Epochs(t.Context())
	if f := fault.Of(err); f.Kind != fault.TooMany || f.Code != "E-SAMPLE" || f.Text != "Too many." || f.Field != "field" || f.Rule != "C1" || f.Err == nil || f.Err.Error() != "cause" {
		t.Errorf("got %+v", f)
	}
	_, err = c.Expire(t.Context(), 1)
	if f := fault.Of(err); f.Kind != fault.Internal || f.Code != "E-INTERNAL" {
		t.Errorf("got %+v", f)
	}
}
