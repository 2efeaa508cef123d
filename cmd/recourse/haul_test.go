package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"recourse/internal/app"
	"recourse/internal/test/housetest"
)

// haul is a server as a process of its own, and a clerk who sends it long files.
type haul struct {
	t       *testing.T
	program string
	data    string
	server  *exec.Cmd
	at      app.Running
	token   string
}

const haulType = "market-penalty"

func newHaul(t *testing.T) *haul {
	t.Helper()
	h := &haul{t: t, data: filepath.Join(t.TempDir(), "data"), program: filepath.Join(t.TempDir(), "recourse")}
	// As it is served: the test itself may be built for the race detector.
	if out, err := exec.Command("go", "build", "-o", h.program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	h.server = exec.Command(h.program, "serve", "--data-dir", h.data, "--mode", "sandbox", "--listen", "127.0.0.1:0", "--min-free-mib", "1")
	var log bytes.Buffer
	h.server.Stderr = &log
	if err := h.server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.server.Process.Signal(syscall.SIGINT); err != nil {
			t.Error(err)
		}
		if err := h.server.Wait(); err != nil {
			t.Errorf("the server: %v\n%s", err, log.String())
		}
	})
	h.until("the server is ready", h.ready)
	clerk := h.run("clerk", "add", "--body", "wuhan-market", "--staff", "1", "--trained-until", "2099-12-31")
	h.token = h.run("clerk", "token", clerk)
	return h
}

func (h *haul) until(what string, is func() bool) {
	h.t.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			h.t.Fatalf("waited too long until %s", what)
		}
	}
}

func (h *haul) ready() bool {
	var err error
	if h.at, err = app.ReadRunning(h.data); err != nil {
		return false
	}
	res, err := http.Get(h.at.URL + "/readyz")
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// run runs a command and returns what it printed.
func (h *haul) run(args ...string) string {
	h.t.Helper()
	out, err := exec.Command(h.program, append(args, "--data-dir", h.data)...).Output()
	if err != nil {
		h.t.Fatalf("%v: %v", args, err)
	}
	return strings.TrimSpace(string(out))
}

// file writes rows about a third as many made-up people; every eleventh is about
// nobody, and every row has a reason of so many characters.
func (h *haul) file(rows, reason int) io.Reader {
	r, w := io.Pipe()
	go func() {
		day, why := time.Now().AddDate(0, -1, 0).Format(time.DateOnly), strings.Repeat("例", reason)
		_, err := io.WriteString(w, "id_type,id_number,name,source_ref,version,decided_by,decision_number,decided_on,measure,fine,place,reason\n")
		for i := 0; i < rows && err == nil; i++ {
			who := haulNumber(i % (rows/3 + 1))
			if i%11 == 7 {
				who = who[:17] + map[bool]string{true: "1", false: "0"}[who[17] == '0']
			}
			_, err = fmt.Fprintf(w, "cn-id,%s,样本,HAUL-%08d,1,wuhan-market,示例罚〔2026〕%08d号,%s,fine,500.00 CNY,武汉市,%s\n", who, i, i, day, why)
		}
		_ = w.Close()
	}()
	return r
}

// haulNumber is a number of an area that was never given out.
func haulNumber(n int) string {
	digits := "990000" + time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n/1000).Format("20060102") + fmt.Sprintf("%03d", n%1000)
	sum := 0
	for _, c := range digits {
		sum = (sum + int(c-'0')) * 2 % 11
	}
	return digits + string("10X98765432"[sum])
}

// counts is what an answer says of a delivery.
type counts struct{ Rows, New, Unchanged, Quarantined, Refused int64 }

// sent is the answer to a delivery. Where it went wrong, Text says why.
type sent struct {
	State  string
	Counts counts
	Text   string `json:"detail"`
}

// send sends a file; the status is 0 where no answer came.
func (h *haul) send(key string, file io.Reader) (status int, said sent) {
	req, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.at.URL+"/api/v1/deliveries?type="+haulType, file)
	if err != nil {
		h.t.Error(err)
		return 0, said
	}
	req.Header.Set("Authorization", "Bearer "+h.token)
	req.Header.Set("Content-Type", "application/octet-stream")
	req.Header.Set("Idempotency-Key", key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, said
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.NewDecoder(res.Body).Decode(&said); err != nil {
		return 0, said
	}
	return res.StatusCode, said
}

// ask asks the database one number; -1 while it cannot be asked.
func (h *haul) ask(sql string) (n int64) {
	conn, err := pgx.Connect(h.t.Context(), h.at.URLs.Owner)
	if err != nil {
		return -1
	}
	defer func() { _ = conn.Close(h.t.Context()) }()
	if err := conn.QueryRow(h.t.Context(), sql).Scan(&n); err != nil {
		return -1
	}
	return n
}

// postmaster is the process of PostgreSQL that all others come from.
func (h *haul) postmaster() (pid int) {
	raw, err := os.ReadFile(filepath.Join(h.data, "postgres", "postmaster.pid"))
	if err == nil {
		_, err = fmt.Sscan(string(raw), &pid)
	}
	if err != nil {
		return 0
	}
	return pid
}

// TestHaul_postgresKilled kills PostgreSQL in the middle of a delivery, again and
// again, sends the file anew after each, and finds each row counted once.
func TestHaul_postgresKilled(t *testing.T) {
	t.Parallel()
	h := newHaul(t)
	rows, kills := housetest.Long(40_000, 1_000_000), housetest.Long(2, 5)
	seed := rand.Uint64()
	chance := rand.New(rand.NewPCG(seed, 0))
	const done = "select coalesce(max(rows_done), 0) from furnish.delivery"
	var at []int64
	for len(at) < kills {
		from := max(0, h.ask(done))
		to := from + 1 + chance.Int64N(max(1, (int64(rows)-from)/int64(kills-len(at)+1)))
		ended := make(chan int)
		go func() {
			status, _ := h.send("k", h.file(rows, 10))
			ended <- status
		}()
		h.until("rows are counted", func() bool { return h.ask(done) >= to })
		killed := h.postmaster()
		if err := syscall.Kill(killed, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		if status := <-ended; status == http.StatusOK {
			t.Fatal("control: the delivery ended in spite of the kill")
		}
		h.until("PostgreSQL is back", func() bool { return h.ready() && h.ask(done) >= 0 })
		if h.postmaster() == killed {
			t.Fatal("control: the same PostgreSQL runs")
		}
		n := h.ask(done)
		if n < to {
			t.Errorf("%d rows were counted before the kill and %d after", to, n)
		}
		at = append(at, n)
	}
	status, got := h.send("k", h.file(rows, 10))
	faulty := int64((rows + 3) / 11)
	want := counts{Rows: int64(rows), New: int64(rows) - faulty, Quarantined: faulty}
	if diff := cmp.Diff(sent{State: "done", Counts: want}, got); diff != "" || status != http.StatusOK {
		t.Errorf("status %d: %s", status, diff)
	}
	t.Logf("%d rows, seed %d: PostgreSQL was killed with so many rows counted: %v", rows, seed, at)
	for what, want := range map[string]int64{"dossier.record": want.New, "dossier.source_ref": want.New, "furnish.finding": faulty,
		"(select person from party.token group by generation, mac, person having count(*) > 1) t":                                                              0,
		"(select 1 from (select epoch, leaf from dossier.record union all select epoch, leaf from party.person) s group by epoch, leaf having count(*) > 1) t": 0} {
		if n := h.ask("select count(*) from " + what); n != want {
			t.Errorf("%d rows in %s, want %d", n, what, want)
		}
	}
	h.until("every letter is owed", func() bool { return h.ask("select count(*) from ledger.outbox") == 0 })
	if n := h.ask("select count(*) from notice.owed"); n != want.New {
		t.Errorf("%d letters are owed for %d records", n, want.New)
	}
}

// TestHaul_memory streams a file of wide rows into the server, whose memory does
// not grow with it.
func TestHaul_memory(t *testing.T) {
	t.Parallel()
	h := newHaul(t)
	const reason, most = 500, 300_000_000 // characters; bytes
	rows := housetest.Long(20_000, 620_000)
	in := &counting{from: h.file(rows, reason)}
	if status, got := h.send("k", in); status != http.StatusOK || got.State != "done" || got.Counts.Rows != int64(rows) {
		t.Fatalf("status %d, %+v", status, got)
	}
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", h.server.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	peak := 0
	for line := range strings.Lines(string(raw)) {
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &peak); n == 1 {
			break
		}
	}
	if peak *= 1024; peak == 0 || peak > most {
		t.Errorf("the server held up to %d bytes of memory, more than %d", peak, most)
	}
	t.Logf("%d bytes in %d rows; the server held at most %d bytes", in.n, rows, peak)
}

// counting counts what is read.
type counting struct {
	from io.Reader
	n    int64
}

func (c *counting) Read(b []byte) (int, error) {
	n, err := c.from.Read(b)
	c.n += int64(n)
	return n, err
}
