package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"time"

	"recourse/internal/kit/signkit"
)

// asker sends inquiries with a clerk's token, from several workers at once. Each
// worker has one connection and writes whole requests that are made beforehand
// but for key and person: the load generator shares the cores with what it
// measures, so it costs as little as the bare side's driver does.
type asker struct {
	address string
	head    string // of every request, up to the idempotency key
	people  []string
	workers []*line
	signer  *signkit.RequestSigner // nil: with a token
	cases   int                    // from which number on its cases are
}

// line is one connection to the server.
type line struct {
	conn net.Conn
	in   *bufio.Reader
	out  []byte
	n    int
	key  string
	body bytes.Buffer
}

// newAsker returns an asker about people made up by number.
func newAsker(address, token string, people int) (*asker, error) {
	host, ok := strings.CutPrefix(address, "http://")
	if !ok {
		return nil, fmt.Errorf("the server is at %s, not at an address of plain HTTP", address)
	}
	a := &asker{address: host, people: make([]string, people)}
	for i := range a.people {
		a.people[i] = number(i)
	}
	a.head = "POST /api/v1/inquiries HTTP/1.1\r\nHost: " + host + "\r\nAuthorization: Bearer " + token +
		"\r\nContent-Type: application/json\r\nContent-Length: " + fmt.Sprint(len(question(caseOf(0, 0), a.people[0]))) + "\r\nIdempotency-Key: "
	for range clients {
		a.workers = append(a.workers, &line{key: fmt.Sprintf("bench-%016x-", rand.Uint64())})
	}
	return a, nil
}

func (a *asker) close() error {
	var errs []error
	for _, w := range a.workers {
		if w.conn != nil {
			errs = append(errs, w.conn.Close())
		}
	}
	return errors.Join(errs...)
}

// dial connects with the first request: the server waits for one a few seconds only.
func (w *line) dial(address string) (err error) {
	if w.conn != nil {
		return nil
	}
	if w.conn, err = net.Dial("tcp", address); err == nil {
		w.in = bufio.NewReader(w.conn)
	}
	return err
}

// question is the body of an inquiry; all have one length.
func question(file, idNumber string) string {
	return `{"purpose":"nurse-registration-renewal","basis":"statute","case":"` + file + `","reason":"bench","person":{"id_type":"cn-id","id_number":"` + idNumber + `"}}`
}

// caseOf is a case of its own for each inquiry: a case is answered in once.
func caseOf(worker, n int) string { return fmt.Sprintf("NR20%02d-%06d", worker, n) }

// once asks about a random person and reads the answer to its end.
func (a *asker) once(_ context.Context, worker int) error {
	w := a.workers[worker]
	if err := w.dial(a.address); err != nil {
		return err
	}
	w.n++
	body := question(caseOf(a.cases+worker, w.n), a.people[rand.IntN(len(a.people))])
	if a.signer != nil {
		w.out = a.signed(w.out[:0], fmt.Sprint(w.key, w.n), body)
	} else {
		w.out = append(w.out[:0], a.head...)
		w.out = fmt.Appendf(w.out, "%s%d\r\n\r\n", w.key, w.n)
	}
	w.out = append(w.out, body...)
	if err := w.conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		return err
	}
	if _, err := w.conn.Write(w.out); err != nil {
		return err
	}
	res, err := http.ReadResponse(w.in, nil)
	if err != nil {
		return err
	}
	w.body.Reset()
	if _, err := w.body.ReadFrom(res.Body); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if res.StatusCode != http.StatusOK || bytes.Count(w.body.Bytes(), []byte(`"label"`)) != perPerson || res.Header.Get("Signature") == "" {
		return fmt.Errorf("status %d, not a signed answer with %d records", res.StatusCode, perPerson)
	}
	return nil
}
