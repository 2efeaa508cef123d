// Package paperclamd has evidence looked at by a ClamAV daemon, over its INSTREAM
// command (clamd(8)).
//
// It promises that a file goes to the daemon in memory only, and that one that
// could not be looked at counts as not looked at. It keeps nothing.
package paperclamd

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"recourse/internal/fault"
)

// Scanner is paper.Scanner.
type Scanner struct {
	Address string        // "host:port", or the path of a Unix socket
	Limit   time.Duration // of one file; 30 s where it is 0
}

// The faults of looking for malware.
var (
	ErrFound   = fault.New(fault.Refused, "E-EVIDENCE-MALWARE", "This file was found to hold malware. Nothing was kept. Send it from another device, or as a picture of the page.").At("file")
	ErrScanner = fault.New(fault.Unavailable, "E-EVIDENCE-SCAN", "Files cannot be looked at for malware right now. Nothing was kept, and what you wrote is not lost. Try again in some minutes, or send what you wrote without the file and add it later.").At("file")
)

// Scan sends a file to the daemon and waits for its answer.
func (s Scanner) Scan(ctx context.Context, data []byte) error {
	limit := s.Limit
	if limit == 0 {
		limit = 30 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	network := "tcp"
	if strings.HasPrefix(s.Address, "/") {
		network = "unix"
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, network, s.Address)
	if err != nil {
		return ErrScanner.Because(err)
	}
	defer func() { _ = conn.Close() }()
	if at, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(at); err != nil {
			return ErrScanner.Because(err)
		}
	}
	said, err := ask(conn, data)
	switch {
	case err != nil:
		return ErrScanner.Because(err)
	case said == "stream: OK":
		return nil
	case strings.HasSuffix(said, " FOUND"):
		return ErrFound
	}
	return ErrScanner.Because(fmt.Errorf("the daemon said something else"))
}

// ask sends the stream in one piece: the daemon's own limit is larger than ours.
func ask(conn net.Conn, data []byte) (string, error) {
	var out bytes.Buffer
	out.WriteString("zINSTREAM\x00")
	out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(data))))
	out.Write(data)
	out.Write([]byte{0, 0, 0, 0})
	if _, err := out.WriteTo(conn); err != nil {
		return "", err
	}
	said, err := io.ReadAll(io.LimitReader(conn, 1000))
	return strings.TrimRight(string(said), "\x00\n"), err
}
