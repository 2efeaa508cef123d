package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"recourse/internal/furnish"
	"recourse/internal/furnish/furnishapi"
)

// code runs a program that must end with an exit code: code N PROGRAM [ARG ...].
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N PROGRAM [ARG ...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// big writes a file of penalties about made-up people: big FILE ROWS.
func big(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: big FILE ROWS")
	}
	rows, err := strconv.Atoi(args[1])
	ts.Check(err)
	var b strings.Builder
	b.WriteString("id_type,id_number,name,source_ref,version,decided_by,decision_number,decided_on,measure,fine,place,reason\n")
	day := time.Now().AddDate(0, -1, 0).Format(time.DateOnly)
	for n := range rows {
		body := fmt.Sprintf("999999%d0101%03d", 1950+n/1000, n%1000)
		sum := 0
		for i := range len(body) {
			sum = (sum + int(body[i]-'0')) * 2 % 11
		}
		fmt.Fprintf(&b, "cn-id,%s%c,示例,BIG-%06d,1,wuhan-market,示例罚〔2026〕%06d号,%s,fine,500.00 CNY,武汉市,示例\n", body, "10X98765432"[sum], n, 900000+n, day)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o600))
}

// cut sends the first half of a file as the program would, waits until some of it
// stands, and breaks off: cut FILE TYPE TOKENFILE.
func cut(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: cut FILE TYPE TOKENFILE")
	}
	file, token := []byte(ts.ReadFile(args[0])), "Bearer "+strings.TrimSpace(ts.ReadFile(args[2]))
	from, to := io.Pipe()
	go func() { _, _ = to.Write(file[:len(file)/2]) }()
	req, err := http.NewRequest(http.MethodPost, ts.Getenv("SERVER")+"/api/v1/deliveries?type="+args[1], from)
	ts.Check(err)
	req.Header.Set("Authorization", token)
	req.Header.Set("Idempotency-Key", furnish.FileKey(args[1], sha256.Sum256(file)))
	ended := make(chan error, 1)
	go func() {
		res, err := http.DefaultClient.Do(req)
		if err == nil {
			_ = res.Body.Close()
			err = fmt.Errorf("half a delivery was answered with %d", res.StatusCode)
			ended <- err
			return
		}
		ended <- nil
	}()
	for limit := time.Now().Add(60 * time.Second); running(ts, token) == 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(limit) {
			ts.Fatalf("nothing of half a delivery stands")
		}
	}
	_ = to.CloseWithError(io.ErrUnexpectedEOF)
	ts.Check(<-ended)
}

// running is how many rows of a delivery that runs are done.
func running(ts *testscript.TestScript, token string) int64 {
	req, err := http.NewRequest(http.MethodGet, ts.Getenv("SERVER")+"/api/v1/deliveries?state=running", nil)
	ts.Check(err)
	req.Header.Set("Authorization", token)
	res, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer func() { _ = res.Body.Close() }()
	var list furnishapi.DeliveryList
	ts.Check(json.NewDecoder(res.Body).Decode(&list))
	if len(list.Deliveries) == 0 {
		return 0
	}
	return list.Deliveries[0].Counts.Rows
}
