package residue_test

import (
	"net"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
)

// parts runs an installation whose vault is a process of its own, and takes it
// away; then one whose disk is nearly full.
func (st *story) parts() {
	st.extra = []string{"--vault-socket", st.at("vault.sock")}
	vault := func(extra ...string) *exec.Cmd {
		v := st.background("vault", append([]string{"vault", "serve", "--data-dir", st.at("vault"), "--mode", "sandbox", "--socket", st.at("vault.sock")}, extra...)...)
		st.until("the vault answers", func() bool {
			conn, err := net.Dial("unix", st.at("vault.sock"))
			if err != nil {
				return false
			}
			return conn.Close() == nil
		})
		return v
	}
	v := vault("--create")
	st.serve()
	st.loud()
	st.end(syscall.SIGTERM)
	st.serve()
	st.clerks()
	st.furnish()
	_ = v.Process.Kill()
	_, _ = v.Process.Wait()
	who, p := st.m.person("somebody when the vault was away"), st.penalty
	p.ref, p.number, p.reason = st.m.word("the source's number when the vault was away"), st.m.document("number when the vault was away"), st.m.chinese("reason when the vault was away")
	file, q := []byte(penaltyHeader+p.row(who, 1)), st.question("food-licence-application", "statute", who)
	for range 2 {
		status, answer := st.deliver("wuhan-market", "market-penalty", file, "Idempotency-Key", "away")
		if got, _ := st.ask("hubei-market", q, "Idempotency-Key", "away"); status != http.StatusServiceUnavailable || !strings.HasPrefix(got, "E-") {
			st.t.Fatalf("without a vault: %d %s, %s", status, answer, got)
		}
	}
	b := st.browser().signInAnyway(0)
	b.get("/en/me")
	vault()
	st.end(syscall.SIGTERM) // what is new is compared at a start
	st.serve()
	if status, answer := st.deliver("wuhan-market", "market-penalty", file, "Idempotency-Key", "away"); status != http.StatusOK || !strings.Contains(string(answer), `"new":1`) {
		st.t.Fatalf("sent again: %d %s", status, answer)
	}
	if got, answer := st.ask("hubei-market", q, "Idempotency-Key", "away"); got != "nothing to show" {
		st.t.Fatalf("asked again: %s %s", got, answer)
	}
	st.end(syscall.SIGTERM)
	st.start("/healthz", "--min-free-mib", "100000000")
	if status, _ := st.deliver("wuhan-market", "market-penalty", file, "Idempotency-Key", "full"); status != http.StatusServiceUnavailable {
		st.t.Fatalf("on a full disk: %d", status)
	}
	if got, _ := st.ask("hubei-market", q, "Idempotency-Key", "full"); got != "E-ROOM" {
		st.t.Fatalf("on a full disk: %s", got)
	}
	st.end(syscall.SIGTERM)
	st.serve()
}
